"""`python -m vaelib.pretrained NAME`: train a pretrained model again and print its card. No logic of its own."""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

from vaelib.pretrained import FOLDER
from vaelib.pretrained.recipes import RECIPES, make, renew_codes, renew_training_codes


def main(argv: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m vaelib.pretrained", description="Train a pretrained model again.")
    parser.add_argument("name", choices=RECIPES)
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where to write the files (default: the package's own)")
    parser.add_argument("--codes", action="store_true", help="train nothing: write the codes file anew from the encoder in the folder")
    parser.add_argument("--training-codes", action="store_true", help="train nothing: measure anew how all training codes fill the prior")
    arguments = parser.parse_args(argv)
    run = renew_codes if arguments.codes else renew_training_codes if arguments.training_codes else make
    print(json.dumps(run(arguments.name, arguments.folder), indent=2))


if __name__ == "__main__":
    main()
