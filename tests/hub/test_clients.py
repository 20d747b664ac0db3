"""The real clients, unchanged, against a running hub. Each has a process of its own: they read their settings once."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize(
    "script",
    [
        "hub_client.py",
        "reading_client.py",
        "community_client.py",
        "command_client.py",
        "data_client.py",
        "transformers_client.py",
    ],
)
def test_client_works_unchanged(script, run_client, stock, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    run_client(script, stock)
