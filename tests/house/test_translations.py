"""Every string for people is translated, and what is compiled is what is written."""

from __future__ import annotations

import re

import pytest
from babel.messages.catalog import Catalog

from config import messages

PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|\{\}|<[^>]+>")


def test_every_string_is_translated_and_compiled(capsys: pytest.CaptureFixture[str]) -> None:
    assert messages.main(["--check"]) == 0, capsys.readouterr().out


@pytest.mark.parametrize("domain", ["django", "djangojs"])
def test_translations_keep_the_placeholders(domain: str) -> None:
    for language in messages.LANGUAGES:
        for message in messages.merged(domain, language):
            if not message.id:
                continue
            source = message.id[-1] if isinstance(message.id, tuple) else str(message.id)
            said = message.string if isinstance(message.string, tuple) else (message.string,)
            for one in map(str, said):
                assert sorted(PLACEHOLDER.findall(one)) == sorted(PLACEHOLDER.findall(source)), one


def test_a_string_without_a_translation_is_found() -> None:
    catalog = Catalog(locale="de")
    catalog.add("Basket", "Korb")
    catalog.add("Receipt")
    assert messages.untranslated(catalog) == ["Receipt"]
