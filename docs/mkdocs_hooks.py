"""Hooks of the site: README, CONTRIBUTING and CHANGELOG are pages of it, with their links as they lead from there."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from mkdocs.structure.files import File

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files

ROOT = Path(__file__).resolve().parents[1]
PAGES = {"README.md": "index.md", "CONTRIBUTING.md": "CONTRIBUTING.md", "CHANGELOG.md": "CHANGELOG.md"}
"""Pages of the repository's top, and what they are called in the site."""


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages that stand beside the folder of the site."""
    for name, page in PAGES.items():
        files.append(File.generated(config, page, content=in_site((ROOT / name).read_text(encoding="utf-8"))))
    return files


def on_page_markdown(markdown: str, **_: object) -> str:
    """Let the links of a page to the repository's top lead into the site."""
    return re.sub(r"\]\(\.\./(\w+\.md)", lambda found: f"]({PAGES.get(found[1], found[1])}", markdown)


def in_site(text: str) -> str:
    """Let the links of a page of the repository's top lead from within the site."""
    return text.replace("](docs/", "](")
