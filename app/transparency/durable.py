"""What must be on the disk before anybody relies on it."""

import os
from pathlib import Path


def keep_names(folder: Path) -> None:
    """Put the names in a folder on the disk: a flushed file is lost with its name. Raises OSError."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
