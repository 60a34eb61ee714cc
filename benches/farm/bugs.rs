//! The farm with bugs: this program as the farm, with a listener to its log that panics or loops inside
//! the handlers of two users.

use std::fmt::Debug;
use std::process::ExitCode;
use std::time::{Duration, Instant};
use tracing::Subscriber;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id};
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::{Context, SubscriberExt};
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{Layer, fmt};

/// Set for the farm's process.
pub const WANTED: &str = "BENCH_FARM";
/// Whose handlers panic.
pub const PANICS: i64 = 13;
/// Whose handlers never wait.
pub const LOOPS: i64 = 14;
const LOOP: Duration = Duration::from_secs(3);

struct Bugs;

#[derive(Clone, Copy, Default)]
struct User(i64);

impl Visit for User {
    fn record_i64(&mut self, field: &Field, value: i64) {
        if field.name() == "user" {
            self.0 = value;
        }
    }

    fn record_debug(&mut self, _: &Field, _: &dyn Debug) {}
}

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Bugs {
    fn on_new_span(&self, attrs: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let mut user = User::default();
        attrs.record(&mut user);
        if let Some(span) = context.span(id).filter(|_| attrs.metadata().name() == "update") {
            span.extensions_mut().insert(user);
        }
    }

    fn on_enter(&self, id: &Id, context: Context<'_, S>) {
        let user = context.span(id).and_then(|span| span.extensions_mut().remove::<User>());
        match user {
            Some(User(PANICS)) => panic!("a bug"),
            Some(User(LOOPS)) => {
                let start = Instant::now();
                while start.elapsed() < LOOP {
                    std::hint::spin_loop();
                }
            }
            _ => {}
        }
    }
}

/// Runs the farm.
pub fn farm() -> ExitCode {
    std::panic::set_hook(Box::new(|_| {}));
    let printed = fmt::layer().with_writer(std::io::stderr).with_filter(LevelFilter::OFF);
    let own = Targets::new().with_target("botfarm", LevelFilter::INFO);
    tracing_subscriber::registry().with(printed).with(Bugs.with_filter(own)).init();
    botfarm::cli::main()
}
