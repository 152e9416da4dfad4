"""A prepared process that imports next to nothing, for tests: runs do what the order says in place of a method.

The script is run by `python -c` in place of `graphcl fork-runs`; what is put before the last line changes it.
"""

import sys

HEAD = """if True:
    import json, os, sys, types
    from graphcl.bench.processes import fork_server

    def serve():
        order = json.loads(sys.stdin.readline())
        exec(order["task"])
        return 0

    fork_server.IMPORTED = fork_server.OPTIONAL = ()
    fork_server._prepare = lambda: None
    sys.modules["graphcl.bench.processes.child"] = types.SimpleNamespace(serve=serve)
"""


def command(*lines):
    """What starts it, with further lines of code."""
    body = "".join(f"    {line}\n" for line in (*lines, "fork_server.serve_forks()"))
    return (sys.executable, "-c", HEAD + body)
