"""Where progress and configuration lie: the platform's folders, or all in TUIEXPLAIN_HOME."""

import os
from pathlib import Path

_NAME = "tuiexplain"


def state_folder() -> Path:
    """The folder of progress; it need not exist yet."""
    if home := os.environ.get("TUIEXPLAIN_HOME"):
        return Path(home).expanduser()
    import platformdirs

    return Path(platformdirs.user_state_dir(_NAME, appauthor=False))


def config_file() -> Path:
    """The user's configuration; it need not exist."""
    if home := os.environ.get("TUIEXPLAIN_HOME"):
        return Path(home).expanduser() / "config.toml"
    import platformdirs

    return Path(platformdirs.user_config_dir(_NAME, appauthor=False)) / "config.toml"
