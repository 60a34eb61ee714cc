//! Webhooks of the sources: signatures that other implementations have computed
//! (`tests/vectors/hooks.py` is the recipe), good, and tampered with in every part.

use crate::rental::reserve;
use crate::support::{BotFile, TestFarm, eventually, http};
use axum::http::{HeaderMap, HeaderName, Method};
use botfarm::domain::adapter::Adapter;
use botfarm::domain::source::SourceOptions;
use botfarm::provider::adapter::{self, Posting};
use botfarm::provider::hook::{Hook, Refused};
use chrono::{DateTime, Utc};
use secrecy::SecretString;
use serde_json::Value;
use std::collections::BTreeMap;

/// A request as it is in the file of vectors.
#[derive(Clone, Debug, PartialEq)]
struct Vector {
    name: String,
    adapter: Adapter,
    secret: String,
    method: Method,
    url: String,
    body: String,
    url_key: Option<String>,
    headers: BTreeMap<String, String>,
    now: DateTime<Utc>,
    message: Value,
}

fn vectors() -> Vec<Vector> {
    let all: Value = serde_json::from_str(include_str!("../vectors/hooks.json")).unwrap();
    all.as_array().unwrap().iter().map(vector).collect()
}

fn vector(value: &Value) -> Vector {
    let text = |name: &str| value[name].as_str().unwrap().to_owned();
    let headers = value["headers"].as_object().unwrap();
    Vector {
        name: text("name"),
        adapter: Adapter::named(&text("adapter")).unwrap(),
        secret: text("secret"),
        method: text("method").parse().unwrap(),
        url: text("url"),
        body: text("body"),
        url_key: value["url_key"].as_str().map(str::to_owned),
        headers: headers.iter().map(|(n, v)| (n.clone(), v.as_str().unwrap().to_owned())).collect(),
        now: DateTime::from_timestamp(value["now"].as_i64().unwrap(), 0).unwrap(),
        message: value["message"].clone(),
    }
}

impl Vector {
    fn with_hook<T>(&self, then: impl FnOnce(&Hook<'_>) -> T) -> T {
        let header = |(n, v): (&String, &String)| (n.parse::<HeaderName>().unwrap(), v.parse().unwrap());
        let headers: HeaderMap = self.headers.iter().map(header).collect();
        then(&Hook {
            method: &self.method,
            url: &self.url,
            key: self.given_key(),
            headers: &headers,
            body: self.body.as_bytes(),
            now: self.now,
        })
    }

    /// The secret part of the address, as the request has it.
    fn given_key(&self) -> Option<&str> {
        self.url_key.as_ref()?;
        self.url.split('?').next()?.split("/sms1/").nth(1)
    }

    fn posting(&self) -> Posting {
        Posting {
            adapter: self.adapter,
            token: Some(SecretString::from(self.secret.as_str())),
            url_key: self.url_key.as_deref().map(SecretString::from),
            options: SourceOptions::default(),
        }
    }

    fn verify(&self) -> Result<(), Refused> {
        self.with_hook(|hook| adapter::verify(&self.posting(), hook))
    }

    /// The same request with a letter or digit of a text changed, for every place in the text.
    fn tampered(&self, text: &str, put: impl Fn(&mut Self, String)) -> Vec<Self> {
        let is_changed = |(_, c): &(usize, char)| c.is_ascii_alphanumeric();
        let change = |(at, c): (usize, char)| {
            let other = match c.to_ascii_lowercase() {
                'b' => "c",
                '1' => "2",
                c if c.is_ascii_digit() => "1",
                _ => "b",
            };
            let mut copy = self.clone();
            put(&mut copy, format!("{}{other}{}", &text[..at], &text[at + 1..]));
            copy
        };
        text.char_indices().filter(is_changed).map(change).collect()
    }

    /// Whether what proves it covers what it says; else its address is secret, or its key stands in it.
    fn covers_body(&self) -> bool {
        let bare = [Adapter::HttpSms, Adapter::SmsForwarder, Adapter::SmsEagle, Adapter::SmsHub];
        !bare.contains(&self.adapter) && self.name != "plivo v2"
    }

    /// Every request that somebody could make of this one by changing one character of what is proved.
    fn forgeries(&self) -> Vec<Self> {
        let mut all = self.tampered(&self.secret, |copy, text| copy.secret = text);
        if self.covers_body() {
            all.extend(self.tampered(&self.body, |copy, text| copy.body = text));
        }
        for (name, value) in self.headers.iter().filter(|(name, _)| *name != "content-type") {
            all.extend(self.tampered(value, |copy, text| {
                copy.headers.insert(name.clone(), text);
            }));
        }
        let (address, query) = self.url.split_once('?').unwrap_or((&self.url, ""));
        let at_address = |from: usize| {
            let (kept, changed) = address.split_at(from);
            self.tampered(changed, |copy, text| copy.url = format!("{kept}{text}?{query}"))
        };
        match self.adapter {
            Adapter::Twilio | Adapter::SignalWire | Adapter::Plivo | Adapter::HttpSms => {
                all.extend(at_address(address.find("/hooks").unwrap()));
            }
            Adapter::SmsForwarder => all.extend(at_address(address.find("/sms1/").unwrap() + 6)),
            _ => {}
        }
        if self.covers_body() {
            all.extend(self.tampered(query, |copy, text| copy.url = format!("{address}?{text}")));
        }
        all
    }
}

// SPEC: M5, M6
#[test]
fn signed_messages_are_read_as_their_sources_meant_them() {
    for vector in vectors() {
        assert_eq!(vector.verify(), Ok(()), "{}", vector.name);
        let items = vector.with_hook(|hook| adapter::read(&vector.posting(), hook)).unwrap();
        let [item] = items.as_slice() else { panic!("{}: {items:?}", vector.name) };
        let expected = |name: &str| vector.message[name].as_str();
        assert_eq!((Some(item.to.as_str()), Some(item.text.as_str())), (expected("to"), expected("text")));
        assert_eq!((item.sender.as_deref(), item.id.as_deref()), (expected("sender"), expected("id")));
        let sent_at = expected("sent_at").map(|at| DateTime::parse_from_rfc3339(at).unwrap().to_utc());
        assert_eq!(item.sent_at, sent_at, "{}", vector.name);
        assert_eq!(item.line.as_deref(), expected("line"), "{}", vector.name);
        // What is stored of a message holds no secret.
        assert!(!item.raw.to_string().contains(&vector.secret), "{}", vector.name);
    }
}

// SPEC: M6
#[test]
fn a_message_that_was_tampered_with_is_refused_whatever_was_changed() {
    for vector in vectors() {
        let forgeries = vector.forgeries();
        assert!(forgeries.len() >= 17, "{}: {}", vector.name, forgeries.len());
        for forged in forgeries {
            assert!(forged.verify().is_err(), "{}: {forged:?}", vector.name);
        }
        for name in vector.headers.keys().filter(|name| *name != "content-type") {
            let mut unsigned = vector.clone();
            unsigned.headers.remove(name);
            assert_eq!(unsigned.verify(), Err(Refused::Unsigned), "{} without {name}", vector.name);
        }
    }
}

// SPEC: M6
#[test]
fn a_field_more_or_less_is_noticed() {
    for vector in vectors().into_iter().filter(|v| v.covers_body()) {
        let (is_query, text) = match vector.url.split_once('?') {
            Some((_, query)) if vector.body.is_empty() => (true, query.to_owned()),
            _ => (false, vector.body.clone()),
        };
        let put = |changed: String| match is_query {
            true => Vector { url: format!("{}?{changed}", vector.url.split('?').next().unwrap()), ..vector.clone() },
            false => Vector { body: changed, ..vector.clone() },
        };
        let is_form = vector.headers.get("content-type").is_some_and(|t| t.contains("form")) || is_query;
        let forged: Vec<Vector> = if is_form {
            let fields: Vec<&str> = text.split('&').filter(|f| !f.starts_with("sig=")).collect();
            let without = |n: usize| text.split('&').filter(|f| *f != fields[n]).collect::<Vec<_>>().join("&");
            let mut all: Vec<String> = (0..fields.len()).map(without).collect();
            all.push(format!("{text}&Extra=1"));
            all.into_iter().map(put).collect()
        } else {
            let mut all = vec![put(text.replacen('{', "{\"extra\":1,", 1)), put(String::new())];
            // Vonage signs the fields, whatever stands between them.
            all.extend(Some(put(format!("{text} "))).filter(|_| vector.adapter != Adapter::Vonage));
            all
        };
        for forged in forged {
            assert!(forged.verify().is_err(), "{}: {forged:?}", vector.name);
        }
    }
}

// SPEC: M6
#[test]
fn a_field_cannot_be_hidden_in_the_name_of_another() {
    let vector = vectors().into_iter().find(|v| v.name == "vonage GET sha256").unwrap();
    // The same text is signed, and the message would have no id: it would count as another one.
    let hidden = vector.url.replace("messageId=V1&msisdn=WhatsApp", "").replace("&messageId=V1", "");
    let hidden = hidden.replace("msisdn=WhatsApp", "messageId%3DV1%26msisdn=WhatsApp");
    let forged = Vector { url: hidden, ..vector.clone() };
    assert_ne!(forged, vector);
    assert_eq!(forged.verify(), Err(Refused::Forged));
}

// SPEC: M6
#[test]
fn an_old_request_is_not_taken_again() {
    for vector in vectors() {
        let lasts = match vector.adapter {
            Adapter::Telnyx | Adapter::Vonage | Adapter::AndroidGateway | Adapter::SmsForwarder => Some(5),
            Adapter::HttpSms => Some(10),
            _ => None,
        };
        for (minutes, is_old) in [(-1, false), (1, true)] {
            for direction in [-1, 1] {
                let away = chrono::TimeDelta::minutes(direction * (lasts.unwrap_or(60) + minutes));
                let later = Vector { now: vector.now + away, ..vector.clone() };
                let expected = if lasts.is_some() && is_old { Err(Refused::Old) } else { Ok(()) };
                assert_eq!(later.verify(), expected, "{} {away}", vector.name);
            }
        }
    }
}

// SPEC: M6
#[test]
fn a_secret_address_is_asked_for_before_anything_else() {
    for vector in vectors().into_iter().filter(|v| v.url_key.is_some()) {
        let open = Vector { url: vector.url.replace("/sms1/", "/sms1?"), ..vector.clone() };
        assert_eq!(open.verify(), Err(Refused::Unsigned), "{}", vector.name);
        // A source that needs a secret address is not believed without one.
        let without = Posting { url_key: None, ..vector.posting() };
        assert!(vector.with_hook(|hook| adapter::verify(&without, hook)).is_err(), "{}", vector.name);
    }
}

async fn send(farm: &TestFarm, vector: &Vector) -> u16 {
    let url = vector.url.replace("https://farm.example", &format!("http://{}", farm.http));
    let mut request = http().request(vector.method.clone(), url).body(vector.body.clone());
    for (name, value) in &vector.headers {
        request = request.header(name, value);
    }
    request.send().await.unwrap().status().as_u16()
}

// SPEC: M2, M5, M6, U4
#[tokio::test(flavor = "multi_thread")]
async fn a_code_arrives_from_twilio_and_a_forged_one_does_not() {
    let farm = TestFarm::new().await;
    let mut bot = BotFile::new(&farm.sandbox, "elweshaq", 100_001);
    bot.provider = "mode = \"webhook\"\nadapter = \"twilio\"\nwebhook_token = { file = \"twilio.secret\" }".into();
    std::fs::write(farm.path("twilio.secret"), "twilio-token").unwrap();
    farm.add(&bot).await;
    farm.stock(&bot, 1).await;
    let ali = farm.visitor(&bot, 501, 20).await;
    assert_eq!(reserve(&ali).await, "+201000000001");
    let vector = vectors().into_iter().find(|v| v.name == "twilio").unwrap();
    let forged = Vector { body: vector.body.replace("314-159", "271-828"), ..vector.clone() };
    assert_eq!(send(&farm, &forged).await, 401);
    assert_eq!(farm.count(&bot, "provider_messages").await, 0);
    assert_eq!(farm.count(&bot, "audit_log WHERE action = 'webhook_refused'").await, 1);
    assert_eq!(send(&farm, &vector).await, 200);
    assert_eq!(ali.sees("🔐").await.unwrap().codes()[1], "314159");
    // Sent again, it completes nothing again.
    assert_eq!(send(&farm, &vector).await, 200);
    assert_eq!(farm.count(&bot, "provider_messages").await, 1);
    eventually("one charge", || async {
        (farm.count(&bot, "transactions WHERE type = 'purchase'").await == 1).then_some(())
    })
    .await;
    farm.finish(&[&bot]).await;
}
