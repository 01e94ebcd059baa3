"""Functions that misbehave, for the sandbox to survive."""

import os
import time

import numpy as np

from anigifs.core.errors import ConfigError, UnknownName


def same(value):
    return value


def hang():
    time.sleep(60)


def burn():
    while True:
        pass


def hog(count):
    return np.ones(count, np.uint8)


def vanish():
    os._exit(3)


def crash():
    os.abort()


def fail():
    raise ZeroDivisionError("no reason")


def refuse():
    raise ConfigError("said so")


def unknown():
    raise UnknownName("thing", "wurst", ["worst"])


def chatter():
    print("noise on standard output")
    os.write(1, b"more noise")
    return 1


def process():
    return os.getpid()


class Odd:
    """Not plain data."""


def odd():
    return Odd()
