//! Webhooks of the sources: signatures that other implementations have computed
//! (`tests/vectors/hooks.py` is the recipe), good, and tampered with in every part.

use crate::rental::reserve;
use crate::support::{BotFile, TestFarm, eventually, http};
use axum::http::{HeaderMap, HeaderName, Method};
use botfarm::domain::adapter::Adapter;
use botfarm::provider::adapter;
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
            headers: &headers,
            body: self.body.as_bytes(),
            now: self.now,
        })
    }

    fn verify(&self) -> Result<(), Refused> {
        self.with_hook(|hook| adapter::verify(self.adapter, hook, &SecretString::from(self.secret.as_str())))
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

    /// Every request that somebody could make of this one by changing one character.
    fn forgeries(&self) -> Vec<Self> {
        let mut all = self.tampered(&self.secret, |copy, text| copy.secret = text);
        all.extend(self.tampered(&self.body, |copy, text| copy.body = text));
        for (name, value) in self.headers.iter().filter(|(name, _)| *name != "content-type") {
            all.extend(self.tampered(value, |copy, text| {
                copy.headers.insert(name.clone(), text);
            }));
        }
        if !matches!(self.adapter, Adapter::Telnyx | Adapter::AndroidGateway | Adapter::GenericHmac) {
            let path = self.url.find("/hooks").unwrap();
            let (host, path) = self.url.split_at(path);
            let host = host.to_owned();
            if self.adapter != Adapter::Vonage {
                all.extend(self.tampered(path, |copy, text| copy.url = format!("{host}{text}")));
            } else if let Some((path, query)) = self.url.split_once('?') {
                all.extend(self.tampered(query, |copy, text| copy.url = format!("{path}?{text}")));
            }
        }
        all
    }
}

// SPEC: M5, M6
#[test]
fn signed_messages_are_read_as_their_sources_meant_them() {
    for vector in vectors() {
        assert_eq!(vector.verify(), Ok(()), "{}", vector.name);
        let items = vector.with_hook(|hook| adapter::read(vector.adapter, hook)).unwrap();
        let [item] = items.as_slice() else { panic!("{}: {items:?}", vector.name) };
        let expected = |name: &str| vector.message[name].as_str();
        assert_eq!((Some(item.to.as_str()), Some(item.text.as_str())), (expected("to"), expected("text")));
        assert_eq!((item.sender.as_deref(), item.id.as_deref()), (expected("sender"), expected("id")));
        let sent_at = expected("sent_at").map(|at| DateTime::parse_from_rfc3339(at).unwrap().to_utc());
        assert_eq!(item.sent_at, sent_at, "{}", vector.name);
    }
}

// SPEC: M6
#[test]
fn a_message_that_was_tampered_with_is_refused_whatever_was_changed() {
    for vector in vectors() {
        let forgeries = vector.forgeries();
        assert!(forgeries.len() > 100, "{}", vector.name);
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
        let is_timed = matches!(vector.adapter, Adapter::Telnyx | Adapter::Vonage | Adapter::AndroidGateway);
        for (minutes, refused) in [(4, false), (-4, false), (6, true), (-6, true)] {
            let later = Vector { now: vector.now + chrono::TimeDelta::minutes(minutes), ..vector.clone() };
            let expected = if is_timed && refused { Err(Refused::Old) } else { Ok(()) };
            assert_eq!(later.verify(), expected, "{} {minutes} minutes later", vector.name);
        }
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
