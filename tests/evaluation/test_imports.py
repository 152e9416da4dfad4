"""What importing the scores brings with it."""

import subprocess
import sys


def test_scores_do_not_import_the_trainer():
    code = "import sys, graphcl.evaluation; print([m for m in sys.modules if m.startswith('graphcl.training')])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
