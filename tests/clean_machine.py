"""A machine on which a guide is followed as root without touching this one: files over an overlay, in namespaces.

`python tests/clean_machine.py ROOT` follows docs/operating.md to the letter, packages included, on the Debian in the
folder ROOT (`debootstrap --variant=minbase bookworm ROOT`), with this checkout as its source. systemd does not run
there: tests/operating/systemctl stands in for it. `tests/booted_machine.py` has the real one.
"""

import os
import re
import shlex
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parent
GUIDE = ROOT / "docs" / "operating.md"
AUTHORITY = "/var/lib/caddy/.local/share/caddy/pki/authorities/local/root.crt"
"""The certificate of Caddy's own authority, which vouches for `localhost`."""

GIVEN = {"SITE": "localhost", "CONTACT": "ict@council.example", "SOURCE": "/source"}
"""What the guide has its reader fill in."""

ENTER = """
set -euo pipefail
mount -t tmpfs tmpfs {over}
mkdir {over}/upper {over}/work {over}/root
mount -t overlay overlay -o lowerdir={lower},upperdir={over}/upper,workdir={over}/work {over}/root
mkdir -p {over}/root/source {over}/root/tested
mount --bind {source} {over}/root/source
mount --bind {tested} {over}/root/tested
mount --rbind /dev {over}/root/dev
mount -t proc proc {over}/root/proc
mount -t tmpfs tmpfs {over}/root/run
ip link set lo up
install -m 755 {systemctl} {over}/root/usr/local/sbin/systemctl
cp {script} {over}/root/script
exec chroot {over}/root /bin/bash /script
"""


def blocks(guide: str) -> list[tuple[str, str]]:
    """The commands of a guide, block by block, each with the mark that its first line carries (`machine`, or none)."""
    return re.findall(r"^```sh ?(\w*)\n(.*?)^```$", guide, re.MULTILINE | re.DOTALL)


def filled_in(given: dict[str, str]) -> Iterator[tuple[int, str, str]]:
    """Number, mark and commands of the operator's guide, with what is `given` for what its first block sets."""
    for number, (mark, text) in enumerate(blocks(GUIDE.read_text(encoding="utf-8"))):
        for name, value in given.items():
            text = re.sub(rf"^{name}=.*", f"{name}={shlex.quote(value)}", text, flags=re.MULTILINE)
        yield number, mark, text


def trusting(text: str) -> str:
    """The block, before which Caddy's own authority is trusted where it is about to vouch, as the guide says."""
    return (f"export CURL_CA_BUNDLE={AUTHORITY}\n" if "Caddyfile" in text else "") + text


def follow(
    lower: Path, given: dict[str, str], change: Callable[[str, str], str], checks: str, *, network: bool, within: int
) -> tuple[int, str]:
    """Runs the guide's blocks as root in one shell until one fails, then the `checks`; each is headed by `== number`.

    `given` replaces what the guide's first block sets; `change` gives what is run for a block of a mark. Where
    `network` is false there is none but the loopback of the machine itself. This checkout is at `/source`, what the
    tests have installed at `/tested`. Gives the exit code, -9 where it took longer than `within` seconds, and all that
    was said.
    """
    script = ["set -euo pipefail", "export LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive", "cd /root"]
    for number, mark, text in filled_in(given):
        script += [f"echo '== {number} {mark}'", change(mark, text)]
    script += ["echo '== checks'", checks]
    with tempfile.TemporaryDirectory(prefix="machine-") as name:
        folder = Path(name)
        (folder / "over").mkdir()
        (folder / "script").write_text("\n".join(script), encoding="utf-8")
        systemctl = HERE / "operating" / "systemctl"
        script_file = folder / "script"
        tested = sysconfig.get_path("purelib")
        enter = ENTER.format(
            over=folder / "over", lower=lower, source=ROOT, tested=tested, script=script_file, systemctl=systemctl
        )
        apart = ["unshare", "--mount", "--pid", "--fork", "--kill-child", *([] if network else ["--net"])]
        environment = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root"}
        if network:  # how this machine reaches the registries
            environment |= {key: value for key, value in os.environ.items() if key in ("PIP_CERT", "SSL_CERT_FILE")}
        with (folder / "said").open("w+", encoding="utf-8") as said:
            command = [*apart, "bash", "-c", enter]
            done = subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL, stdout=said, stderr=said)
            try:
                code = done.wait(timeout=within)
            except subprocess.TimeoutExpired:
                done.kill()
                code = done.wait()
            said.seek(0)
            return code, said.read()


CHECKS = f"""
export CURL_CA_BUNDLE={AUTHORITY}
curl --silent --show-error --output /dev/null --write-out 'http %{{http_code}} %{{redirect_url}}\\n' http://localhost/places
curl --silent --show-error --head https://localhost/doc/pilot/kent
curl --silent --show-error https://localhost/robots.txt | grep ^Sitemap:
curl --silent --output /dev/null --write-out 'metrics %{{http_code}}\\n' https://localhost/metrics
curl --silent --output /dev/null --write-out 'inside %{{http_code}}\\n' http://127.0.0.1:8000/metrics
curl --silent --show-error --header 'X-Forwarded-For: 203.0.113.7' --header 'X-Forwarded-Proto: http' \\
  --output /dev/null --write-out 'lying %{{http_code}} %{{redirect_url}}\\n' https://localhost/id/pilot/kent
stat --format '%U %a' /etc/whatworks/whatworks.env /var/lib/whatworks /var/backups/whatworks
serving=/proc/$(cat /run/stand-in.whatworks.service)
tr '\\0' '\\n' < $serving/environ | grep ^TMPDIR=
stat --format 'runs as %U' $serving
grep ' / / ro' $serving/mountinfo || grep -E ' / ro[, ]' $serving/mountinfo
"""
"""What is asked of the service that was set up."""


def main() -> int:
    """Follows the guide for real; prints all that is said and answers its exit code."""
    [lower] = sys.argv[1:]
    code, said = follow(Path(lower).resolve(), GIVEN, lambda _, text: trusting(text), CHECKS, network=True, within=1500)
    print(said)
    return code


if __name__ == "__main__":
    sys.exit(main())
