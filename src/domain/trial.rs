//! What a provider that is tried says, and what is made of it.

/// What a provider answered to a test, or what it has posted lately.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tested {
    /// It was asked now; else it posts, and these are its last messages.
    pub is_asked: bool,
    /// The beginning of its answer, without secrets.
    pub raw: String,
    /// How many messages it holds.
    pub count: usize,
    /// The first of them.
    pub messages: Vec<TestedMessage>,
}

/// A message of a test.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TestedMessage {
    /// The number, as the provider spells it.
    pub to: String,
    /// Its text.
    pub text: String,
    /// The service that it is for.
    pub service: Option<String>,
    /// The code, or the word of the reason why there is none.
    pub verdict: Result<String, String>,
    /// A rental waits for it.
    pub is_awaited: bool,
}
