"""docs/operating.md to the letter on a Debian that boots: its own systemd, and a certificate that an authority gives.

`python tests/booted_machine.py ROOT` boots the Debian in the folder ROOT, of which nothing is changed, made by
`debootstrap --variant=minbase --include=systemd-sysv,dbus,procps bookworm ROOT`, and follows the guide in it, then asks
the service that was set up. The authority is Pebble, which checks over port 80 that the name is the machine's, as a
public one does. Needs root, the package registries, free ports 80, 443 and 8000, and Debian's systemd-container and
pebble. About three minutes; it is run by hand, since a machine that boots in another is not to be had everywhere.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from clean_machine import ROOT, filled_in

NAME = "whatworks.test"
GIVEN = {"SITE": NAME, "CONTACT": "ict@council.example", "SOURCE": "/root/source"}
NAMES = "127.0.0.1:8053"
"""What tells Pebble where a name leads: here."""

SCRIPTS = Path(__file__).parent / "operating"
BEGIN = f"""
set -euo pipefail
trap 'journalctl --no-pager --lines 40' ERR
export LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive
cd /root
echo 127.0.0.1 localhost {NAME} >> /etc/hosts
"""


def script() -> str:
    """The guide's blocks in one shell, each headed by `== number`, and what is asked in the end."""
    said = [BEGIN]
    for number, mark, text in filled_in(GIVEN):
        if "Caddyfile" in text:
            acme = (SCRIPTS / "acme.sh").read_text(encoding="utf-8")
            text = text.replace("systemctl reload-or-restart", f"{acme}systemctl reload-or-restart")
        said += [f"echo '== {number} {mark}'", text]
    return "\n".join([*said, "echo '== checks'", (SCRIPTS / "checks.sh").read_text(encoding="utf-8")])


@contextmanager
def authority(folder: Path) -> Iterator[None]:
    """Pebble, and a server of names for it; its own certificate is `pebble.pem` in the folder."""
    key, certificate = folder / "pebble.key", folder / "pebble.pem"
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=pebble"]
    made += ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(key), "-out", str(certificate)]
    subprocess.run(made, check=True, capture_output=True)
    settings = {"listenAddress": "127.0.0.1:14000", "managementListenAddress": "127.0.0.1:15000"}
    settings |= {"httpPort": 80, "tlsPort": 443, "certificate": str(certificate), "privateKey": str(key)}
    (folder / "pebble.json").write_text(json.dumps({"pebble": settings}), encoding="utf-8")
    no_challenges = ["-http01", "", "-https01", "", "-tlsalpn01", ""]
    names = ["pebble-challtestsrv", "-dns01", NAMES, "-defaultIPv6", "", *no_challenges]
    pebble = ["pebble", "-dnsserver", NAMES, "-config", str(folder / "pebble.json")]
    with (folder / "authority").open("wb") as said:
        begun = [subprocess.Popen(command, stdout=said, stderr=said) for command in (names, pebble)]
        try:
            yield
        finally:
            for process in begun:
                process.kill()
                process.wait()


@contextmanager
def booted(lower: Path, folder: Path) -> Iterator[int]:
    """The machine, whose changes lie in memory; the number of its first process."""
    source = folder / "source"
    subprocess.run(["git", "clone", "--quiet", str(ROOT), str(source)], check=True)
    command = ["systemd-nspawn", "--boot", "--quiet", "--register=no", "--keep-unit", "--console=pipe"]
    command += ["--machine=operated", f"--directory={lower}", "--volatile=overlay"]
    command += [f"--bind={source}:/root/source", f"--bind-ro={folder}:/given"]
    with (folder / "boot").open("wb") as said:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=said, stderr=said)
        try:
            yield _first(process)
        finally:
            process.terminate()
            process.wait()


def _first(nspawn: subprocess.Popen[bytes]) -> int:
    """The number of the machine's first process, once systemd has started what it starts."""
    end = time.monotonic() + 60
    while time.monotonic() < end and nspawn.poll() is None:
        found = Path(f"/proc/{nspawn.pid}/task/{nspawn.pid}/children").read_text(encoding="ascii").split()
        for pid in found:
            up = subprocess.run([*_inside(int(pid)), "systemctl", "is-system-running"], capture_output=True, text=True)
            if up.stdout.strip() in ("running", "degraded"):
                return int(pid)
        time.sleep(0.5)
    raise SystemExit("the machine did not start within a minute")


def _inside(first: int) -> list[str]:
    path = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
    return ["nsenter", "--all", "--target", str(first), "env", "--ignore-environment", path, "HOME=/root"]


def main() -> int:
    """Follows the guide; prints all that is said, and answers with the exit code."""
    [lower] = sys.argv[1:]
    with tempfile.TemporaryDirectory(prefix="booted-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        trusted = []
        if bundle := os.environ.get("SSL_CERT_FILE"):  # how this machine reaches the registries
            (folder / "registries.pem").write_bytes(Path(bundle).read_bytes())
            trusted = [f"{each}=/given/registries.pem" for each in ("PIP_CERT", "SSL_CERT_FILE")]
        (folder / "script").write_text(script(), encoding="utf-8")
        with authority(folder), booted(Path(lower).resolve(), folder) as first:
            return subprocess.run([*_inside(first), *trusted, "bash", "/given/script"], check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
