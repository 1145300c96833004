"""The fixtures that no program can be had to make: written as each program's own documentation
has its format, encrypted by independent libraries. See README.md."""

import base64, csv, hashlib, hmac, json, os, subprocess, tempfile, uuid
from urllib.parse import quote
import argon2.low_level as argon2
from cryptography.hazmat.primitives import hashes, padding
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from nacl import bindings as sodium

PASSWORD = b"made up password"
# kind, issuer, name, secret, algorithm, digits, period
CODES = [
    ("totp", "GitHub", "asha", "KUNJIMADEUPSECRETAAA2345", "SHA1", 6, 30),
    ("totp", "Bank", "B123456", "KUNJIMADEUPBANKAAAAA2345", "SHA256", 8, 60),
    ("hotp", "Old VPN", "counter", "KUNJIMADEUPCOUNTERAA2345", "SHA1", 6, 30),
    ("totp", "Broken", "kiran", "KUNJIMADEUPBROKENA018901", "SHA1", 6, 30),
    ("steam", "Steam", "ravi", "KUNJIMADEUPSTEAMAAAA2345", "SHA1", 5, 30),
]


def b64(data):
    return base64.b64encode(data).decode()


def write(name, data):
    data = data if isinstance(data, bytes) else data.encode()
    open(name, "wb").write(data)


def write_json(name, value, **kw):
    write(name, json.dumps(value, indent=2, ensure_ascii=False, **kw) + "\n")


def seal(key, plain, beside=b""):
    nonce = os.urandom(12)
    return nonce, AESGCM(key).encrypt(nonce, plain, beside)


def uri(code):
    kind, issuer, name, secret, algorithm, digits, period = code
    label = quote(f"{issuer}:{name}")
    rest = "&counter=4" if kind == "hotp" else f"&period={period}"
    return f"otpauth://{kind}/{label}?secret={secret}&issuer={quote(issuer)}&algorithm={algorithm}&digits={digits}{rest}"


def aegis():
    entries = []
    for kind, issuer, name, secret, algorithm, digits, period in CODES:
        info = dict(secret=secret, algo=algorithm, digits=digits)
        info |= dict(counter=4) if kind == "hotp" else dict(period=period)
        entries.append(dict(type=kind, uuid=str(uuid.uuid4()), name=name, issuer=issuer, note="", favorite=False, icon=None, info=info, groups=[]))
    yandex = dict(secret="KUNJIMADEUPYANDEXAAA2345", algo="SHA256", digits=8, period=30, pin="0000")
    entries.append(dict(type="yandex", uuid=str(uuid.uuid4()), name="asha", issuer="Yandex", icon=None, info=yandex))
    db = dict(version=3, entries=entries, groups=[], icons_optimized=True)
    write_json("aegis.json", dict(version=1, header=dict(slots=None, params=None), db=db))

    def sealed(key, plain):
        nonce, text = seal(key, plain)
        return text[:-16], dict(nonce=nonce.hex(), tag=text[-16:].hex())

    master, salt = os.urandom(32), os.urandom(32)
    key, params = sealed(Scrypt(salt, 32, 2**15, 8, 1).derive(PASSWORD), master)
    password = dict(type=1, uuid=str(uuid.uuid4()), key=key.hex(), key_params=params, n=2**15, r=8, p=1, salt=salt.hex(), repaired=True, is_backup=False)
    key, params = sealed(os.urandom(32), master)
    biometric = dict(type=2, uuid=str(uuid.uuid4()), key=key.hex(), key_params=params)
    text, params = sealed(master, json.dumps(db, indent=4).encode())
    vault = dict(version=1, header=dict(slots=[biometric, password], params=params), db=b64(text))
    write_json("aegis-encrypted.json", vault)
    vault["header"]["slots"] = [biometric]
    write_json("aegis-biometric.json", vault)


def twofas():
    services = []
    for kind, issuer, name, secret, algorithm, digits, period in CODES:
        otp = dict(label=f"{issuer}:{name}", account=name, issuer=issuer, digits=digits, period=period, algorithm=algorithm, tokenType=kind.upper(), source="Link")
        if kind == "hotp":
            otp["counter"] = 4
        services.append(dict(name=issuer, secret=secret, updatedAt=1700000000000, otp=otp, order=dict(position=len(services)), icon=dict(selected="Label")))
    top = dict(schemaVersion=4, appVersionCode=5000012, appVersionName="5.0.0", appOrigin="android", groups=[])
    write_json("2fas.2fas", dict(services=services, **top))
    salt = os.urandom(256)
    key = hashlib.pbkdf2_hmac("sha256", PASSWORD, salt, 10_000, 32)
    nonce, text = seal(key, json.dumps(services).encode())
    encrypted = ":".join(map(b64, [text, salt, nonce]))
    write_json("2fas-encrypted.2fas", dict(services=[], servicesEncrypted=encrypted, reference="", **top))


def andotp():
    entries = []
    for kind, issuer, name, secret, algorithm, digits, period in CODES:
        entry = dict(secret=secret, issuer=issuer, label=name, digits=digits, type=kind.upper(), algorithm=algorithm, thumbnail="Default", last_used=0, used_frequency=0, tags=[])
        entries.append(entry | (dict(counter=4) if kind == "hotp" else dict(period=period)))
    # Before version 0.6: both in the label.
    entries.append(dict(secret="KUNJIMADEUPOLDAAAAAA2345", label="Shop - meera", digits=6, period=30, type="TOTP", algorithm="SHA1"))
    entries.append(dict(secret="KUNJIMADEUPMOTPAAAAA2345", issuer="Pin", label="mobile", digits=6, period=10, type="MOTP", algorithm="SHA1"))
    plain = json.dumps(entries).encode()
    write("andotp.json", plain)
    rounds, salt = 150_000, os.urandom(12)
    nonce, text = seal(hashlib.pbkdf2_hmac("sha1", PASSWORD, salt, rounds, 32), plain)
    write("andotp.json.aes", rounds.to_bytes(4, "big") + salt + nonce + text)
    nonce, text = seal(hashlib.sha256(PASSWORD).digest(), plain)
    # Its first bytes must not read as a number of rounds; by chance one in 850 does.
    while nonce[0] == 0:
        nonce, text = seal(hashlib.sha256(PASSWORD).digest(), plain)
    write("andotp-old.json.aes", nonce + text)


def ente():
    display = quote('{"pinned":false,"note":"","tags":[],"position":0}')
    lines = [uri(code) + f"&codeDisplay={display}" for code in CODES]
    write("ente.txt", "\n".join(lines) + "\n")
    salt, memory, passes = os.urandom(16), 64 * 1024 * 1024, 3
    key = argon2.hash_secret_raw(PASSWORD, salt, passes, memory // 1024, 1, 32, argon2.Type.ID)
    state = sodium.crypto_secretstream_xchacha20poly1305_state()
    header = sodium.crypto_secretstream_xchacha20poly1305_init_push(state, key)
    text = sodium.crypto_secretstream_xchacha20poly1305_push(state, "\n".join(lines).encode(), None, sodium.crypto_secretstream_xchacha20poly1305_TAG_FINAL)
    params = dict(memLimit=memory, opsLimit=passes, salt=b64(salt))
    write_json("ente-encrypted.txt", dict(version=1, kdfParams=params, encryptedData=b64(text), encryptionNonce=b64(header)))


def proton():
    entries = []
    for code in CODES:
        kind, issuer, name, secret = code[:4]
        steam = kind == "steam"
        content = dict(uri=f"steam://{secret}" if steam else uri(code), entry_type="Steam" if steam else "Totp", name=name)
        entries.append(dict(id=str(uuid.uuid4()), content=content, note=None))
    plain = dict(version=1, entries=entries)
    write_json("proton.json", plain)
    salt = os.urandom(16)
    key = argon2.hash_secret_raw(PASSWORD, salt, 2, 19 * 1024, 1, 32, argon2.Type.ID)
    nonce, text = seal(key, json.dumps(plain).encode(), b"proton.authenticator.export.v1")
    write_json("proton-encrypted.json", dict(version=1, salt=b64(salt), content=b64(nonce + text)))


def bitwarden():
    items = [dict(id=str(uuid.uuid4()), type=2, name="A note", notes="no login", secureNote=dict(type=0), login=None)]
    rows = [dict(folder="", type="note", name="A note")]
    totps = {"totp": uri(CODES[1]), "hotp": uri(CODES[2]), "steam": f"steam://{CODES[4][3]}"}
    for kind, issuer, name, secret, *_ in CODES:
        # Bare where its parameters are the usual ones, as people paste it.
        totp = secret if issuer in ("GitHub", "Broken") else totps[kind]
        login = dict(uris=[], username=name, password="made up, too", totp=totp)
        items.append(dict(id=str(uuid.uuid4()), type=1, name=issuer, notes=None, favorite=False, login=login, collectionIds=None))
        rows.append(dict(folder="", type="login", name=issuer, login_username=name, login_password="made, up", login_totp=totp))
    items.append(dict(id=str(uuid.uuid4()), type=1, name="No code", login=dict(username="x", password="y", totp=None)))
    rows.append(dict(folder="", type="login", name="No code", notes='two\n"lines"', login_username="x"))
    plain = dict(encrypted=False, folders=[], items=items)
    write_json("bitwarden.json", plain)
    with open("bitwarden.csv", "w", newline="") as file:
        columns = "folder favorite type name notes fields reprompt login_uri login_username login_password login_totp"
        table = csv.DictWriter(file, columns.split())
        table.writeheader()
        table.writerows(rows)

    def enc_string(master, text):
        expand = lambda info: HKDFExpand(hashes.SHA256(), 32, info).derive(master)
        iv = os.urandom(16)
        pad = padding.PKCS7(128).padder()
        cipher = Cipher(algorithms.AES(expand(b"enc")), modes.CBC(iv)).encryptor()
        text = cipher.update(pad.update(text) + pad.finalize()) + cipher.finalize()
        mac = hmac.new(expand(b"mac"), iv + text, "sha256").digest()
        return "2." + "|".join(map(b64, [iv, text, mac]))

    def protected(name, salt, master, kdf):
        top = dict(encrypted=True, passwordProtected=True, salt=salt, **kdf)
        check = enc_string(master, str(uuid.uuid4()).encode())
        data = enc_string(master, json.dumps(plain).encode())
        write_json(name, top | dict(encKeyValidation_DO_NOT_EDIT=check, data=data))

    salt = b64(os.urandom(16))
    master = hashlib.pbkdf2_hmac("sha256", PASSWORD, salt.encode(), 600_000, 32)
    protected("bitwarden-pbkdf2.json", salt, master, dict(kdfType=0, kdfIterations=600_000))
    hashed = hashlib.sha256(salt.encode()).digest()
    master = argon2.hash_secret_raw(PASSWORD, hashed, 3, 64 * 1024, 4, 32, argon2.Type.ID)
    protected("bitwarden-argon2.json", salt, master, dict(kdfType=1, kdfIterations=3, kdfMemory=64, kdfParallelism=4))
    key = os.urandom(32)
    sealed = [dict(id=i["id"], type=i["type"], name=enc_string(key, i["name"].encode())) for i in items]
    write_json("bitwarden-account.json", dict(encrypted=True, encKeyValidation_DO_NOT_EDIT=enc_string(key, b"x"), folders=[], items=sealed))


def freeotpplus():
    tokens = []
    for kind, issuer, name, secret, algorithm, digits, period in CODES:
        if issuer == "Broken":
            signed = [75, 1000, "x"]
        else:
            signed = [b - 256 if b > 127 else b for b in base64.b32decode(secret)]
        tokens.append(dict(algo=algorithm, counter=0, digits=digits, issuerExt=issuer, issuerInt=issuer, label=name, period=period, secret=signed, type="HOTP" if kind == "hotp" else "TOTP"))
    order = [f"{t['issuerExt']}:{t['label']}" for t in tokens]
    write("freeotpplus.json", json.dumps(dict(tokenOrder=order, tokens=tokens)))


def keepassxc():
    """By KeePassXC itself; without the broken one, which it would not export."""
    entry = "<Entry><UUID>{uuid}</UUID>{strings}</Entry>"
    string = "<String><Key>{}</Key><Value>{}</Value></String>"
    entries = ""
    for code in [CODES[0], CODES[1], CODES[4], None]:
        if code is None:
            pairs = dict(Title="No code", UserName="x", Notes="two\nlines, and a comma")
        else:
            otp = uri(code).replace("otpauth://steam", "otpauth://totp")
            otp += "&encoder=steam" if code[0] == "steam" else ""
            pairs = dict(Title=code[1], UserName=code[2], Password="made up, too", otp=otp.replace("&", "&amp;"))
        strings = "".join(string.format(*pair) for pair in pairs.items())
        entries += entry.format(uuid=b64(uuid.uuid4().bytes), strings=strings)
    # As it kept codes before version 2.3.
    pairs = {"Title": "Shop", "UserName": "meera", "TOTP Seed": "KUNJIMADEUPOLDAAAAAA2345", "TOTP Settings": "30;6"}
    strings = "".join(string.format(*pair) for pair in pairs.items())
    entries += entry.format(uuid=b64(uuid.uuid4().bytes), strings=strings)
    group = f"<Group><UUID>{b64(uuid.uuid4().bytes)}</UUID><Name>Root</Name>{entries}</Group>"
    xml = f"<?xml version='1.0'?><KeePassFile><Meta><Generator>x</Generator></Meta><Root>{group}</Root></KeePassFile>"
    with tempfile.TemporaryDirectory() as folder:
        open(folder + "/in.xml", "w").write(xml)
        run = lambda *args, say: subprocess.run(["keepassxc-cli", *args], input=say, capture_output=True, check=True).stdout
        run("import", "-q", "-p", folder + "/in.xml", folder + "/x.kdbx", say=b"pw\npw\n")
        write("keepassxc.csv", run("export", "-q", "-f", "csv", folder + "/x.kdbx", say=b"pw\n"))


def google():
    """By Google's own protobuf library, from the messages as they are known."""
    file = descriptor_pb2.FileDescriptorProto(name="migration.proto", package="m", syntax="proto3")
    kinds = descriptor_pb2.FieldDescriptorProto
    fields = {
        "Parameters": [("secret", 1, kinds.TYPE_BYTES), ("name", 2, kinds.TYPE_STRING), ("issuer", 3, kinds.TYPE_STRING), ("algorithm", 4, kinds.TYPE_INT32), ("digits", 5, kinds.TYPE_INT32), ("type", 6, kinds.TYPE_INT32), ("counter", 7, kinds.TYPE_INT64)],
        "Payload": [("otp_parameters", 1, kinds.TYPE_MESSAGE), ("version", 2, kinds.TYPE_INT32), ("batch_size", 3, kinds.TYPE_INT32), ("batch_index", 4, kinds.TYPE_INT32), ("batch_id", 5, kinds.TYPE_INT32)],
    }
    for name, of in fields.items():
        message = file.message_type.add(name=name)
        for field, number, kind in of:
            many = kind == kinds.TYPE_MESSAGE
            message.field.add(name=field, number=number, type=kind, type_name=".m.Parameters" if many else None, label=kinds.LABEL_REPEATED if many else kinds.LABEL_OPTIONAL)
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    Payload = message_factory.GetMessageClass(pool.FindMessageTypeByName("m.Payload"))

    def payload(codes, size=1, index=0, batch=0):
        message = Payload(version=1, batch_size=size, batch_index=index, batch_id=batch)
        for kind, issuer, name, secret, algorithm, digits, _ in codes:
            entry = message.otp_parameters.add(name=f"{issuer}:{name}", issuer=issuer)
            entry.secret = b"" if issuer == "Broken" else base64.b32decode(secret)
            entry.algorithm = {"SHA1": 1, "SHA256": 2, "MD5": 4}[algorithm]
            entry.digits = {6: 1, 8: 2}[digits]
            entry.type = {"hotp": 1, "totp": 2}[kind]
            entry.counter = 4 if kind == "hotp" else 0
        return "otpauth-migration://offline?data=" + quote(b64(message.SerializeToString()), safe="")

    write("google.txt", payload(CODES[:4]) + "\n")
    parts = [[code] for code in CODES[:2]] + [[("totp", "Shop", "meera", "KUNJIMADEUPOLDAAAAAA2345", "SHA1", 6, 30)]]
    lines = [payload(part, 3, index, 123456789) for index, part in enumerate(parts)]
    write("google-3-parts.txt", "\n".join(lines) + "\n")


for make in [aegis, twofas, andotp, ente, proton, bitwarden, freeotpplus, keepassxc, google]:
    make()
