"""Signed webhooks, computed by other implementations than ours: the vendors' own libraries where
they sign, Python's hmac and PyNaCl where they do not.

    python3 -m venv /tmp/vectors && /tmp/vectors/bin/pip install twilio==9.13.0 plivo==4.63.0 vonage==3.18.0 pynacl==1.6.2
    /tmp/vectors/bin/python tests/vectors/hooks.py > tests/vectors/hooks.json
"""

import base64
import hashlib
import hmac
import json
import warnings
from urllib.parse import urlencode

warnings.simplefilter("ignore")
from nacl.signing import SigningKey
from plivo.utils import signature_v3
from twilio.request_validator import RequestValidator
from vonage import Client

URL = "https://farm.example/hooks/elweshaq/sms1"
TO, SENDER, TEXT = "+201000000001", "WhatsApp", "Your WhatsApp code is 314-159 & it's yours"
NOW = 1795600000
FORM = "application/x-www-form-urlencoded"


def case(name, adapter, secret, body, headers, url=URL, method="POST", sent=None, id=None, sender=SENDER):
    return dict(
        name=name, adapter=adapter, secret=secret, method=method, url=url, body=body, headers=headers, now=NOW,
        message=dict(to=TO, text=TEXT, sender=sender, id=id, sent_at=sent),
    )


def twilio(name, adapter, header, url=URL, signed_url=None):
    fields = {"To": TO, "From": SENDER, "Body": TEXT, "MessageSid": "SM1", "NumMedia": "0"}
    signature = RequestValidator("twilio-token").compute_signature(signed_url or url, fields)
    headers = {"content-type": FORM, header: signature}
    return case(name, adapter, "twilio-token", urlencode(fields), headers, url=url, id="SM1")


def twilio_json():
    body = json.dumps({"To": TO, "From": SENDER, "Body": TEXT, "MessageSid": "SM2"})
    url = f"{URL}?bodySHA256={RequestValidator('').compute_hash(body)}"
    headers = {"content-type": "application/json"}
    headers["x-twilio-signature"] = RequestValidator("twilio-token").compute_signature(url, {})
    return case("twilio, JSON by its hash", "twilio", "twilio-token", body, headers, url=url, id="SM2")


def telnyx():
    key = SigningKey(bytes(range(32)))
    payload = {"id": "T1", "text": TEXT, "from": {"phone_number": SENDER}, "to": [{"phone_number": TO}]}
    data = {"event_type": "message.received", "occurred_at": "2026-11-25T10:00:00Z", "payload": payload}
    body = json.dumps({"data": data}, indent=1)
    signature = key.sign(f"{NOW}|{body}".encode()).signature
    public = base64.b64encode(key.verify_key.encode()).decode()
    headers = {"telnyx-signature-ed25519": base64.b64encode(signature).decode(), "telnyx-timestamp": str(NOW)}
    return case("telnyx", "telnyx", public, body, headers, id="T1", sent="2026-11-25T10:00:00Z")


def plivo(url):
    fields = {"To": TO, "From": SENDER, "Text": TEXT, "MessageUUID": "P1"}
    signed = signature_v3.construct_post_url(url, fields).decode()
    signature = signature_v3.get_signature_v3(b"plivo-token", signed, "nonce-1").decode()
    headers = {"content-type": FORM, "x-plivo-signature-v3": signature}
    headers["x-plivo-signature-v3-nonce"] = "nonce-1"
    return case(f"plivo {url[len(URL):]}", "plivo", "plivo-token", urlencode(fields), headers, url=url, id="P1")


def vonage(method, hash):
    client = Client(key="k", secret="s", signature_secret="vonage-secret", signature_method=hash)
    fields = {"to": TO, "msisdn": SENDER, "text": TEXT, "messageId": "V1", "timestamp": str(NOW), "nonce": "n"}
    fields["message-timestamp"] = "2026-11-25 10:00:00"
    fields["sig"] = client.signature(dict(fields))
    url, body, headers = URL, "", {}
    if method == "GET":
        url = f"{URL}?{urlencode(fields)}"
    elif method == "JSON":
        body, headers = json.dumps(fields), {"content-type": "application/json"}
    else:
        body, headers = urlencode(fields), {"content-type": FORM}
    verb = "GET" if method == "GET" else "POST"
    return case(f"vonage {method} {hash}", "vonage", "vonage-secret", body, headers, url=url, method=verb, id="V1",
                sent="2026-11-25T10:00:00Z")


def android():
    payload = {"message": TEXT, "sender": SENDER, "recipient": TO, "simNumber": 1,
               "receivedAt": "2026-11-25T12:00:00.000+02:00"}
    body = json.dumps({"event": "sms:received", "id": "A1", "deviceId": "d", "payload": payload}, ensure_ascii=False)
    signature = hmac.new(b"android-key", f"{body}{NOW}".encode(), hashlib.sha256).hexdigest()
    headers = {"x-signature": signature, "x-timestamp": str(NOW)}
    return case("android", "android-sms-gateway", "android-key", body, headers, id="A1", sent="2026-11-25T10:00:00Z")


def generic():
    body = json.dumps({"messages": [{"to": TO, "from": SENDER, "text": TEXT, "id": "G1"}]})
    signature = hmac.new(b"generic-key", body.encode(), hashlib.sha256).hexdigest()
    return case("generic", "generic-hmac", "generic-key", body, {"x-signature": f"sha256={signature}"}, id="G1")


print(json.dumps([
    twilio("twilio", "twilio", "x-twilio-signature"),
    twilio("twilio, signed with the port", "twilio", "x-twilio-signature",
           signed_url="https://farm.example:443/hooks/elweshaq/sms1"),
    twilio("twilio, signed without the port", "twilio", "x-twilio-signature",
           url="https://farm.example:8443/hooks/elweshaq/sms1", signed_url=URL),
    twilio("signalwire", "signalwire", "x-signalwire-signature"),
    twilio_json(), telnyx(), plivo(URL), plivo(f"{URL}?b=2&a=1"),
    *[vonage(m, h) for m in ("GET", "POST", "JSON") for h in (None, "md5", "sha1", "sha256", "sha512")],
    android(), generic(),
], indent=1, ensure_ascii=False))
