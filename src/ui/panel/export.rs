//! Tables as files.

use super::{Area, Panel, Verb, actor, button};
use crate::domain::message::Button;
use crate::service::export::Table;
use crate::ui::brand::Voice;
use crate::ui::{Ctx, Reply, Work};

/// A press in the area.
pub fn press(ctx: Ctx<'_>, verb: Verb) -> Reply {
    let wanted = match verb {
        Verb::Show(n) => usize::try_from(n).ok().and_then(|n| Table::ALL.get(n)),
        _ => None,
    };
    match wanted {
        Some((table, _)) => {
            let notice = ctx.voice().label("export-begins", &[]);
            let work = Some(Work::Export { table: *table, actor: actor(ctx) });
            Reply { work, quiet: true, ..Reply::notice(notice) }
        }
        None => list(&ctx.voice()),
    }
}

fn list(voice: &Voice<'_>) -> Reply {
    let mut message = voice.compose(&voice.say("panel-export-list", &[]), &[]);
    let one = |(n, (table, _)): (i64, (Table, &str))| {
        button(voice, &format!("export-{}", table.word()), Panel::In(Area::Export, Verb::Show(n)))
    };
    let buttons: Vec<Button> = (0..).zip(Table::ALL).map(one).collect();
    message.rows = buttons.chunks(2).map(<[Button]>::to_vec).collect();
    message.rows.push(vec![button(voice, "button-back", Panel::Home)]);
    Reply::screen(message)
}
