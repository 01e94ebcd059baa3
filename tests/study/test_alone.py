"""Locks between processes."""

import subprocess
import sys

import pytest

from anigifs.core.errors import InputError
from anigifs.study.alone import alone, taken

HOLD = (
    "import sys, time, pathlib; from anigifs.study.alone import alone\n"
    "with alone(pathlib.Path(sys.argv[1])): print('held', flush=True); time.sleep(60)"
)


def test_another_process_holds_a_folder_until_it_is_killed(tmp_path):
    assert not taken(tmp_path)
    command = [sys.executable, "-c", HOLD, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout.readline() == "held\n"
            assert taken(tmp_path)
            with pytest.raises(InputError, match="another process is at work"), alone(tmp_path):
                pass
        finally:
            process.kill()
    assert not taken(tmp_path)
    with alone(tmp_path, wait=True):
        pass
