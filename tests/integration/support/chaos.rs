//! Bugs for a handler: what happens inside it is told to whoever listens to the log, so a listener can
//! panic or loop there, and the farm needs no place for bugs.

use std::collections::HashMap;
use std::fmt::Debug;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};
use tracing::Subscriber;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::Context;
use tracing_subscriber::registry::LookupSpan;

/// A bug of the next handler.
#[derive(Clone, Copy, Debug)]
pub enum Bug {
    Panic,
    Loop(Duration),
    /// Holds its thread, without using a processor.
    Block(Duration),
}

static BUGS: Mutex<Option<HashMap<String, Bug>>> = Mutex::new(None);

/// The next handler of this bot has a bug.
pub fn next(bot: &str, bug: Bug) {
    let mut bugs = BUGS.lock().unwrap_or_else(PoisonError::into_inner);
    bugs.get_or_insert_default().insert(bot.to_owned(), bug);
}

/// Listens.
pub struct Chaos;

#[derive(Default)]
struct Bot(Option<String>);

impl Visit for Bot {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        if field.name() == "bot" {
            self.0 = Some(format!("{value:?}"));
        }
    }
}

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Chaos {
    fn on_new_span(&self, attrs: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let mut bot = Bot::default();
        attrs.record(&mut bot);
        if attrs.metadata().name() == "update"
            && let Some(span) = context.span(id)
        {
            span.extensions_mut().insert(bot);
        }
    }

    #[allow(clippy::disallowed_methods, reason = "a bug that blocks a worker thread is what is wanted here")]
    fn on_enter(&self, id: &Id, context: Context<'_, S>) {
        let bot = context.span(id).and_then(|span| span.extensions().get::<Bot>()?.0.clone());
        let mut bugs = BUGS.lock().unwrap_or_else(PoisonError::into_inner);
        let bug = bot.and_then(|bot| bugs.as_mut()?.remove(&bot));
        drop(bugs);
        match bug {
            None => {}
            Some(Bug::Panic) => panic!("a bug of a handler"),
            Some(Bug::Block(long)) => std::thread::sleep(long),
            Some(Bug::Loop(long)) => {
                let start = Instant::now();
                while start.elapsed() < long {
                    std::hint::spin_loop();
                }
            }
        }
    }
}
