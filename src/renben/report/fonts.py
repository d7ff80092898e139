"""Which installed fonts stand for the faces that GB/T 9704-2012 asks for, and what is said where none does."""

import re
from dataclasses import dataclass
from pathlib import Path

import typst

from renben.core.errors import RenbenError

FACES: dict[str, tuple[str, ...]] = {
    "仿宋": (
        "FangSong",
        "FangSong_GB2312",
        "STFangsong",
        "Noto Serif CJK SC",
        "Noto Serif SC",
        "Source Han Serif SC",
    ),
    "小标宋": ("FZXiaoBiaoSong-B05S", "FZXiaoBiaoSong-B05", "Noto Serif CJK SC", "Noto Serif SC", "SimSun"),
    "黑体": ("SimHei", "Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "Microsoft YaHei"),
    "楷体": ("KaiTi", "KaiTi_GB2312", "STKaiti", "LXGW WenKai", "AR PL UKai CN", "Noto Serif CJK SC"),
}
"""Face -> fonts in order of preference; the first of each list is the face itself."""
CURE = "apt-get install fonts-noto-cjk (or set RENBEN_FONT_PATHS to a folder with SimSun, FangSong, SimHei, KaiTi)"


class NoChineseFont(RenbenError):
    """No installed font can set Chinese text."""


@dataclass(frozen=True)
class Fonts:
    """The font that is used for each face, and what stands in for what."""

    chosen: dict[str, str]
    paths: tuple[str, ...]

    def substitutions(self) -> list[str]:
        """Faces that another font stands for, as text."""
        own = {face: re.split("[-_]", fonts[0])[0] for face, fonts in FACES.items()}
        return [f"{face}→{font}" for face, font in self.chosen.items() if not font.startswith(own[face])]


def choose(paths: tuple[str, ...] = ()) -> Fonts:
    """The best installed font for each face.

    Args:
        paths: folders with font files, searched beside the system's.

    Raises:
        NoChineseFont: a face has none; the message says what to install.
    """
    missing = [p for p in paths if not Path(p).is_dir()]
    if missing:
        raise NoChineseFont(f"font folder {missing[0]} does not exist; correct RENBEN_FONT_PATHS.")
    families = set(typst.Fonts(True, True, [Path(p) for p in paths]).families())
    chosen = {face: next((f for f in fonts if f in families), "") for face, fonts in FACES.items()}
    lacking = [face for face, font in chosen.items() if not font]
    if lacking:
        raise NoChineseFont(f"no font for {'、'.join(lacking)} is installed, so no PDF can be made: {CURE}.")
    return Fonts(chosen, paths)
