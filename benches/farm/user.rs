//! One user as a state machine: what a screen makes them do next.

use serde_json::Value;

/// What to do after a screen.
pub enum Step {
    /// Press this button of this message.
    Press { message: i64, data: String },
    /// The number is reserved: let its code arrive.
    Reserved { number: String },
    /// The code arrived.
    Done,
    /// Nothing: a screen that needs no answer.
    Wait,
}

/// The next step of a user who sees this message.
pub fn next(message: &Value) -> Step {
    let text = message["text"].as_str().unwrap_or_default();
    if text.starts_with('🔐') {
        return Step::Done;
    }
    if text.contains("Your number is reserved") {
        return Step::Reserved { number: message["codes"][0].as_str().unwrap_or_default().to_owned() };
    }
    let rows = message["buttons"].as_array().into_iter().flatten().filter_map(Value::as_array).flatten();
    let forward = rows.filter_map(|b| Some((b["data"].as_str()?, message["id"].as_i64()?)));
    let is_forward = |data: &str| ["svc_", "cty_", "resv_new_"].iter().any(|p| data.starts_with(p));
    let is_back = |data: &str| data.starts_with("svc_") && text.contains("Price:");
    for (data, id) in forward {
        if is_forward(data) && !is_back(data) {
            return Step::Press { message: id, data: data.to_owned() };
        }
    }
    Step::Wait
}
