"""`motcua watch`: what it says where something is missing, and what it tells Prometheus."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from tests.watch.asked import PROMETHEUS, ROOT, needs

from kit.embedded import EmbeddedError, free_port, http_answers
from motcua import watching


def a_stack(folder: Path) -> Path:
    (folder / "run").mkdir()
    labels = {"job": "motcua", "app": "intake", "role": "all"}
    (folder / "run/prometheus-targets.json").write_text(json.dumps([{"targets": ["127.0.0.1:1"], "labels": labels}]))
    return folder


def test_without_prometheus_it_says_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(EmbeddedError, match="sudo apt-get install prometheus"):
        watching.prometheus(a_stack(tmp_path), PROMETHEUS / "prometheus.yml", 1)


def test_where_nothing_runs_it_says_so_in_one_line(tmp_path: Path) -> None:
    needs("prometheus")
    command = [sys.executable, "-m", "motcua", "watch", "--folder", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout) == (1, "")
    assert "make demo" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_prometheus_is_given_the_stacks_targets_and_all_rules(tmp_path: Path) -> None:
    shipped = yaml.safe_load((PROMETHEUS / "prometheus.yml").read_text())
    made = watching.configuration(PROMETHEUS / "prometheus.yml", tmp_path / "targets.json", "15s")
    assert made["global"] == shipped["global"]
    assert made["rule_files"] == [str(PROMETHEUS / name) for name in ("recording.yml", "alerts.yml")]
    assert str(tmp_path / "targets.json") in json.dumps(made["scrape_configs"])


def test_it_starts_on_loopback_prints_its_address_and_ends_with_ctrl_c(tmp_path: Path) -> None:
    needs("prometheus")
    port = free_port()
    words = ["watch", "--folder", str(a_stack(tmp_path)), "--port", str(port)]
    started = subprocess.Popen([sys.executable, "-m", "motcua", *words], cwd=ROOT, stderr=subprocess.PIPE, text=True)
    assert started.stderr
    try:
        assert started.stderr.readline() == f"Prometheus is up: http://127.0.0.1:{port}\n"
        assert http_answers(port, "/-/healthy")
    finally:
        started.send_signal(2)
        assert started.wait(30) == 0
        started.stderr.close()
    assert not http_answers(port, "/-/healthy")
