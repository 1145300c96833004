"""Exports made by OTPClient itself (Debian's `otpclient-cli`, 3.1.4), from a database that is
written here as OTPClient writes it: AES-256-GCM under PBKDF2-SHA512. See README.md."""

import glob, json, os, pty, shutil, sys, tempfile
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC

PASSWORD = "made up password"
TOKENS = [
    dict(type="TOTP", label="asha", issuer="GitHub", secret="KUNJIMADEUPSECRETAAA2345", digits=6, algo="SHA1", period=30),
    dict(type="TOTP", label="B123456", issuer="Bank", secret="KUNJIMADEUPBANKAAAAA2345", digits=8, algo="SHA256", period=60),
    dict(type="HOTP", label="counter", issuer="Old VPN", secret="KUNJIMADEUPCOUNTERAA2345", digits=6, algo="SHA1", counter=4),
    dict(type="TOTP", label="ravi", issuer="Steam", secret="KUNJIMADEUPSTEAMAAAA2345", digits=5, algo="SHA1", period=30),
]


def database(path):
    iv, salt = os.urandom(16), os.urandom(32)
    key = PBKDF2HMAC(hashes.SHA512(), 32, salt, 100_000).derive(PASSWORD.encode() + b"\0")
    plain = json.dumps(TOKENS).encode() + b"\0"
    open(path, "wb").write(iv + salt + AESGCM(key).encrypt(iv, plain, iv + salt))


def run(home, kind):
    """The program asks for the passwords on a terminal."""
    pid, fd = pty.fork()
    if pid == 0:
        os.environ["HOME"] = home
        os.execvp("otpclient-cli", ["otpclient-cli", "export", "-t", kind, "-d", home])
    seen, answers = b"", 0
    while True:
        try:
            data = os.read(fd, 1024)
        except OSError:
            break
        if not data:
            break
        seen += data
        if seen.lower().count(b"password:") > answers:
            answers += 1
            os.write(fd, PASSWORD.encode() + b"\n")
    os.waitpid(pid, 0)


home = tempfile.mkdtemp()
os.makedirs(home + "/.config")
open(home + "/.config/otpclient.cfg", "w").write(
    f"[config]\ndb_path={home}/db.enc\nuse_secret_service=false\n"
)
database(home + "/db.enc")
for kind in ["andotp_plain", "andotp_encrypted", "freeotpplus", "aegis"]:
    run(home, kind)
for pattern, name in [
    ("andotp_exp*.json", "otpclient-andotp.json"),
    ("andotp_exp*.aes", "otpclient-andotp.json.aes"),
    ("freeotpplus*", "otpclient-links.txt"),
    ("aegis*", "otpclient-aegis.json"),
]:
    for path in glob.glob(f"{home}/{pattern}"):
        shutil.copy(path, name)
shutil.rmtree(home)
