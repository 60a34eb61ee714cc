"""Signed webhooks, computed by other implementations than ours: the vendors' own libraries where
they sign, Python's hmac and PyNaCl where they do not.

    python3 -m venv /tmp/vectors && /tmp/vectors/bin/pip install --no-deps signalwire==2.1.1
    /tmp/vectors/bin/pip install telnyx==4.189.0 twilio==9.13.0 plivo==4.63.0 vonage==3.18.0 pynacl==1.6.2 pyjwt==2.15.1
    /tmp/vectors/bin/python tests/vectors/hooks.py > tests/vectors/hooks.json
"""

import base64
import hashlib
import hmac
import json
import warnings
from urllib.parse import quote_plus, urlencode

warnings.simplefilter("ignore")
import jwt
from nacl.signing import SigningKey
from plivo.utils import signature_v3, validate_signature
from signalwire.request_validator import RequestValidator as SignalWireValidator
from telnyx.lib import webhook_verification
from twilio.request_validator import RequestValidator
from vonage import Client

URL = "https://farm.example/hooks/elweshaq/sms1"
TO, SENDER, TEXT = "+201000000001", "WhatsApp", "Your WhatsApp code is 314-159 & it's yours"
NOW = 1795600000
SHORT = hashlib.sha256(TEXT.encode()).hexdigest()[:16]
FORM = "application/x-www-form-urlencoded"


def case(name, adapter, secret, body, headers, url=URL, method="POST", sent=None, id=None, sender=SENDER, to=TO,
         line=None, url_key=None):
    return dict(
        name=name, adapter=adapter, secret=secret, method=method, url=url, body=body, headers=headers, now=NOW,
        url_key=url_key, message=dict(to=to, text=TEXT, sender=sender, id=id, sent_at=sent, line=line),
    )


def twilio(name, adapter, header, url=URL, signed_url=None):
    fields = {"To": TO, "From": SENDER, "Body": TEXT, "MessageSid": "SM1", "SmsMessageSid": "SM1", "SmsSid": "SM1",
              "AccountSid": "AC1", "NumMedia": "0", "NumSegments": "1", "SmsStatus": "received", "ToCountry": "EG",
              "ToCity": "", "FromCountry": "", "ApiVersion": "2010-04-01"}
    signature = RequestValidator("twilio-token").compute_signature(signed_url or url, fields)
    headers = {"content-type": FORM, header: signature}
    if adapter == "signalwire":
        assert SignalWireValidator("twilio-token").validate(signed_url or url, fields, signature)
    return case(name, adapter, "twilio-token", urlencode(fields), headers, url=url, id="SM1")


def twilio_json():
    body = json.dumps({"To": TO, "From": SENDER, "Body": TEXT, "MessageSid": "SM2"})
    url = f"{URL}?bodySHA256={RequestValidator('').compute_hash(body)}"
    headers = {"content-type": "application/json"}
    headers["x-twilio-signature"] = RequestValidator("twilio-token").compute_signature(url, {})
    return case("twilio, JSON by its hash", "twilio", "twilio-token", body, headers, url=url, id="SM2")


def signalwire_json():
    body = json.dumps({"To": TO, "From": SENDER, "Body": TEXT, "MessageSid": "SW2"})
    signature = SignalWireValidator("signalwire-key").build_signature(URL, body)
    headers = {"content-type": "application/json", "x-signalwire-signature": signature}
    return case("signalwire, JSON", "signalwire", "signalwire-key", body, headers, id="SW2")


def telnyx():
    key = SigningKey(bytes(range(32)))
    payload = {"record_type": "message", "direction": "inbound", "id": "T1", "type": "SMS", "text": TEXT,
               "messaging_profile_id": "0f512bda", "from": {"phone_number": SENDER, "carrier": "", "line_type": ""},
               "to": [{"phone_number": TO, "status": "webhook_delivered", "carrier": "TELNYX LLC", "line_type": "VoIP"}],
               "cc": [], "media": [], "encoding": "GSM-7", "parts": 1, "tags": [], "cost": None, "errors": []}
    data = {"record_type": "event", "id": "bf6307bd", "event_type": "message.received",
            "occurred_at": "2026-11-25T10:00:00Z", "payload": payload}
    body = json.dumps({"data": data, "meta": {"attempt": 1, "delivered_to": URL}}, indent=1)
    signature = key.sign(f"{NOW}|{body}".encode()).signature
    public = base64.b64encode(key.verify_key.encode()).decode()
    headers = {"telnyx-signature-ed25519": base64.b64encode(signature).decode(), "telnyx-timestamp": str(NOW)}
    webhook_verification.time.time = lambda: NOW
    webhook_verification.verify_webhook_signature(body, headers, public)
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
    return case("android", "android-sms-gateway", "android-key", body, headers, id="A1", sent="2026-11-25T10:00:00Z",
                line="d/1")


def generic():
    body = json.dumps({"messages": [{"to": TO, "from": SENDER, "text": TEXT, "id": "G1"}]})
    signature = hmac.new(b"generic-key", body.encode(), hashlib.sha256).hexdigest()
    return case("generic", "generic-hmac", "generic-key", body, {"x-signature": f"sha256={signature}"}, id="G1")


KEY = "Zk3Jq8vT1xWm5RpL9cYb"
SECRET_URL = f"{URL}/{KEY}"


def plivo_v2():
    fields = {"To": TO, "From": SENDER, "Text": TEXT, "MessageUUID": "P2"}
    signature = base64.b64encode(hmac.new(b"plivo-token", f"{SECRET_URL}nonce-2".encode(), hashlib.sha256).digest())
    assert validate_signature(SECRET_URL, "nonce-2", signature.decode(), "plivo-token")
    headers = {"content-type": FORM, "x-plivo-signature-v2": signature.decode(), "x-plivo-signature-v2-nonce": "nonce-2"}
    return case("plivo v2", "plivo", "plivo-token", urlencode(fields), headers, url=SECRET_URL, id="P2", url_key=KEY)


def httpsms(name="httpsms", **other):
    claims = {"iss": "api.httpsms.com", "aud": SECRET_URL, "exp": NOW + 600, "nbf": NOW - 600, "iat": NOW, "sub": "u"}
    token = jwt.encode({**claims, **other}, "httpsms-signing-key-of-32-characters", algorithm="HS256")
    data = {"message_id": "H1", "user_id": "u", "owner": TO, "contact": SENDER, "timestamp": "2026-11-25T10:00:00.5Z",
            "content": TEXT, "sim": "SIM2"}
    body = json.dumps({"specversion": "1.0", "id": "e1", "source": "/v1/messages/receive",
                       "type": "message.phone.received", "datacontenttype": "application/json",
                       "time": "2026-11-25T10:00:01Z", "data": data})
    headers = {"authorization": f"Bearer {token}", "content-type": "application/json"}
    return case(name, "httpsms", "httpsms-signing-key-of-32-characters", body, headers, url=SECRET_URL, id="H1",
                sent="2026-11-25T10:00:00.5Z", url_key=KEY, line=f"{TO}/SIM2")


def textbee():
    body = json.dumps({"smsId": "6650", "message": TEXT, "deviceId": "pixel", "webhookSubscriptionId": "w",
                       "webhookEvent": "MESSAGE_RECEIVED", "idempotencyKey": "i", "sender": SENDER,
                       "receivedAt": "2026-11-25T10:00:00.000Z"}, separators=(",", ":"), ensure_ascii=False)
    signature = hmac.new(b"textbee-signing-secret", body.encode(), hashlib.sha256).hexdigest()
    headers = {"x-signature": signature, "content-type": "application/json"}
    return case("textbee", "textbee", "textbee-signing-secret", body, headers, id="6650", to="", line="pixel",
                sent="2026-11-25T10:00:00Z")


def incoming_sms():
    body = json.dumps({"from": SENDER, "text": TEXT, "sentStamp": 1795600000000, "receivedStamp": 1795600001000,
                       "sim": "sim1"}, ensure_ascii=False)
    signature = hmac.new(b"forwarder-secret", body.encode(), hashlib.sha256).hexdigest()
    headers = {"x-signature": signature, "content-type": "application/json; charset=utf-8"}
    return case("incoming-sms", "incoming-sms", "forwarder-secret", body, headers, to="", line="sim1",
                sent="2026-11-25T09:46:41Z")


def smsforwarder(style):
    at = str(NOW * 1000)
    digest = hmac.new(b"forwarder", f"{at}\nforwarder".encode(), hashlib.sha256).digest()
    sign = quote_plus(base64.b64encode(digest).decode())
    fields = {"from": SENDER, "content": TEXT, "timestamp": at, "sign": sign, "card_slot": "SIM1_Vodafone_1000001",
              "device_mark": "Pixel 7", "receive_time": "2026-11-25 12:00:00"}
    id = f"2026-11-25 12:00:00 {SENDER} {SHORT}"
    url, body, method, headers = SECRET_URL, urlencode(fields), "POST", {"content-type": FORM}
    if style == "JSON":
        body, headers = json.dumps(fields, ensure_ascii=False), {"content-type": "application/json"}
    if style == "GET":
        url, body, method, headers = f"{SECRET_URL}?{body}", "", "GET", {}
    return case(f"smsforwarder {style}", "smsforwarder", "forwarder", body, headers, url=url, method=method, id=id,
                to="", line="Pixel 7/SIM1", url_key=KEY)


def smseagle(style):
    fields = {"sender": SENDER, "timestamp": "20261125120000", "text": TEXT, "msgid": "77", "modemno": "2",
              "apikey": "eagle-key-of-the-settings"}
    url, body, method, headers = URL, urlencode(fields), "POST", {"content-type": FORM}
    if style == "GET":
        url, body, method, headers = f"{URL}?{body}", "", "GET", {}
    return case(f"smseagle {style}", "smseagle", "eagle-key-of-the-settings", body, headers, url=url, method=method,
                id=f"77/{SHORT}", to="", line="2")


def smshub():
    body = json.dumps({"action": "PUSH_SMS", "key": "smshub-protocol-key", "smsId": 15, "phone": 201000000001,
                       "phoneFrom": SENDER, "text": TEXT})
    return case("smshub", "smshub", "smshub-protocol-key", body, {"content-type": "application/json"}, id=f"15/{SHORT}")


print(json.dumps([
    twilio("twilio", "twilio", "x-twilio-signature"),
    twilio("twilio, signed with the port", "twilio", "x-twilio-signature",
           signed_url="https://farm.example:443/hooks/elweshaq/sms1"),
    twilio("twilio, signed without the port", "twilio", "x-twilio-signature",
           url="https://farm.example:8443/hooks/elweshaq/sms1", signed_url=URL),
    twilio("signalwire", "signalwire", "x-signalwire-signature"),
    signalwire_json(), twilio_json(), telnyx(), plivo(URL), plivo(f"{URL}?b=2&a=1"),
    *[vonage(m, h) for m in ("GET", "POST", "JSON") for h in (None, "md5", "sha1", "sha256", "sha512")],
    android(), generic(), plivo_v2(), httpsms(), textbee(), incoming_sms(),
    *[smsforwarder(s) for s in ("form", "JSON", "GET")], smseagle("form"), smseagle("GET"), smshub(),
], indent=1, ensure_ascii=False))
