"""Apache, as it answers at w3id.org: a folder with an .htaccess, on a free port."""

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from absent import absent

MODULES = Path("/usr/lib/apache2/modules")
STARTS_WITHIN = 30


@contextmanager
def apache(root: Path, folder: Path) -> Iterator[int]:
    """The port on which Apache serves `root`, with its `.htaccess` files; what it writes lies in `folder`."""
    command = shutil.which("apache2", path="/usr/sbin:/usr/bin") or absent("apache2 (Debian: apache2-bin)")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    modules = ("mpm_event", "authz_core", "dir", "headers", "rewrite")
    loaded = "\n".join(f"LoadModule {name}_module {MODULES}/mod_{name}.so" for name in modules)
    own = folder / "httpd.conf"
    own.write_text(
        f"{loaded}\nServerName w3id.org\nListen 127.0.0.1:{port}\nPidFile {folder}/pid\nErrorLog {folder}/log\n"
        f"DefaultRuntimeDir {folder}\nDocumentRoot {root}\n<Directory {root}>\nAllowOverride All\n</Directory>\n",
        encoding="utf-8",
    )
    process = subprocess.Popen([command, "-X", "-f", str(own)])
    try:
        deadline = time.monotonic() + STARTS_WITHIN
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                running = process.poll() is None and time.monotonic() < deadline
                assert running, (folder / "log").read_text(encoding="utf-8")
                time.sleep(0.05)
        yield port
    finally:
        process.terminate()
        process.wait()
