#!/usr/bin/env bash
# Runs in Colab's image, with the repository at /book, read only: installs the library as a reader does, then runs each notebook.
set -euo pipefail

frozen() { python -m pip list --format=freeze | grep -v '^vaelib=='; }

work=$(mktemp -d)
cp -r /book "$work/book" # a build writes beside its sources
cd "$work"
frozen > before.txt
python -m pip install -q ./book
frozen > after.txt
# A package of Colab's that we replace breaks a session that has imported it.
if ! diff before.txt after.txt; then
  echo "Installing vaelib changed the packages of the image" >&2
  exit 1
fi
mkdir empty && cd empty
failed=()
for notebook in "$work"/book/notebooks/[0-9]*.ipynb; do
  echo "== ${notebook##*/}"
  python -m jupyter nbconvert --to notebook --execute --ExecutePreprocessor.timeout=600 \
    --output-dir "$work/done" "$notebook" || failed+=("${notebook##*/}")
done
if [ ${#failed[@]} -gt 0 ]; then
  echo "Failed: ${failed[*]}" >&2
  exit 1
fi
