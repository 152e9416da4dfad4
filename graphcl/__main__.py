"""`python -m graphcl` is the command `graphcl`."""

from graphcl.cli import main

if __name__ == "__main__":
    main()
