"""The command line of the scripts here: what is wrong is one sentence, as with `lasagne`."""

import argparse
import os


class Arguments(argparse.ArgumentParser):
    """A parser that says what is wrong without the whole usage, and ends with 2."""

    def error(self, message):
        """Ends with a sentence."""
        self.exit(2, f"error: {message}; '{self.prog} --help' says what there is\n")


def runnable(path):
    """A program that is there and can be run, for an option."""
    if os.path.isfile(path) and os.access(path, os.X_OK):
        return path
    raise argparse.ArgumentTypeError(f"there is no program '{path}'")
