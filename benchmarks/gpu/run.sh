#!/bin/sh
# What one GPU does: steps of the methods, k-means, sampling. At most ten minutes; writes gpu.json and gpu.md.
#
#     sh benchmarks/gpu/run.sh --out FOLDER            on the GPU; PYTHON names the interpreter
#     sh benchmarks/gpu/run.sh --out FOLDER --tiny     the same on the CPU, tiny sizes, to see that it runs
set -eu
here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)
PYTHONPATH="$here/../..${PYTHONPATH:+:$PYTHONPATH}" exec "${PYTHON:-python3}" "$here/run.py" "$@"
