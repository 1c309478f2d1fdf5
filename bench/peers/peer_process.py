"""A peer library as a long-lived process: a line of JSON in on stdin, a line of JSON out on stdout for each.

Import it before anything else: it sees to one thread, and to a stdout of answers alone. The first line out is {"library", "version"}
or {"missing"}; a failure answers {"error"}. bench/contestantProcess.ts is the other end.
"""

import json
import os
import sys

# before any of the libraries is imported: they read it once
for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"

# what a library prints must not end up among the answers
answers = os.fdopen(os.dup(1), "w", buffering=1)
os.dup2(2, 1)


def answer(message):
    answers.write(json.dumps(message) + "\n")
    answers.flush()


def missing(error):
    """Ends the process, because the library is not installed."""
    answer({"missing": str(error)})
    sys.exit(0)


def run(library, version, session):
    """Answers each line by the method of the session that its "op" names."""
    answer({"library": library, "version": version})
    for line in sys.stdin:
        request = json.loads(line)
        try:
            answer(getattr(session, request["op"])(request))
        except Exception as error:  # noqa: BLE001 - the other end decides what to do about it
            answer({"error": f"{type(error).__name__}: {error}"})
