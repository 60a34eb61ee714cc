//! The panel's walls: none of its buttons acts for, or tells anything to, somebody it is not for.

use crate::panel::{enter, last, step};
use crate::support::{BotFile, TestFarm, postgres};
use botfarm::ui::Callback;
use botfarm::ui::panel::{Area, Panel, Verb};
use telegram_sandbox::{Action, Visitor};

const STALE: &str = "انتهت صلاحية هذا الزر.";
const NOT_ALLOWED: &str = "هذا القسم غير مسموح لك، اطلبه من المالك.";
/// A lane takes so many presses of a user before one is answered.
const AT_ONCE: usize = 16;

/// What somebody could press in an area, or make up.
fn verbs() -> Vec<Verb> {
    let mut verbs = Vec::new();
    for id in [0, 1, 2] {
        verbs.extend([Verb::List { of: id, page: 0 }, Verb::Show(id), Verb::Add(id)]);
        for field in [0, 1, 2, 100, 101, 102, 103] {
            verbs.extend([Verb::Edit(id, field), Verb::Ask(id, field), Verb::Do(id, field)]);
            verbs.extend([Verb::Set(id, field, 0), Verb::Set(id, field, 1)]);
        }
    }
    verbs
}

fn buttons(area: Area) -> Vec<Panel> {
    let search = [Panel::Search(area, 0), Panel::Clear(area, 0)];
    verbs().into_iter().map(|verb| Panel::In(area, verb)).chain(search).collect()
}

/// Presses what was made up on a screen that is shown; every answer must be the one expected.
async fn press_all(visitor: &Visitor, screen: &str, buttons: &[Panel], expected: &str) {
    let shown = visitor.sees(screen).await.unwrap();
    let stamp = { shown.rows().into_iter().flatten() }
        .find_map(|button| match button.action {
            Action::Callback(data) => Some(String::from_utf8(data).unwrap().rsplit_once('.').unwrap().1.to_owned()),
            _ => None,
        })
        .unwrap();
    for some in buttons.chunks(AT_ONCE) {
        let press = |panel: &Panel| {
            let data = Callback::Panel(*panel).to_string();
            (visitor.press_data(shown.id, format!("{data}.{stamp}").as_bytes()), data)
        };
        let pressed: Vec<_> = some.iter().map(press).collect();
        for (query, data) in pressed {
            let (told, _) = visitor.answer(query).await.unwrap();
            assert_eq!(told.text.as_deref(), Some(expected), "{data}");
        }
    }
}

/// Everything that the bot's tables hold, but for the session with Telegram.
async fn everything(farm: &TestFarm) -> Vec<(String, String)> {
    let client = postgres::connect(&farm.url).await;
    let tables = "SELECT table_name FROM information_schema.tables WHERE table_schema = 'bot_elweshaq' \
                  AND table_name NOT LIKE 'telegram%' ORDER BY 1";
    let mut all = Vec::new();
    for row in client.query(tables, &[]).await.unwrap() {
        let table: String = row.get(0);
        let sql =
            format!("SELECT coalesce(string_agg(t::text, E'\\n' ORDER BY t::text), '') FROM bot_elweshaq.{table} t");
        all.push((table, client.query_one(&sql, &[]).await.unwrap().get(0)));
    }
    all
}

fn same(before: &[(String, String)], now: &[(String, String)]) {
    for ((table, before), (_, now)) in before.iter().zip(now) {
        assert_eq!(before, now, "{table} has changed");
    }
}

async fn farm() -> (TestFarm, BotFile) {
    TestFarm::with_bot_like(2, |bot| {
        bot.extra = "owners = [700]\nadmin_password = { file = \"panel.secret\" }".into();
        bot.tables = "[limits]\npresses_per_minute = 100000\nbot_presses_per_second = 100000".into();
    })
    .await
}

// SPEC: A0, A13
#[tokio::test(flavor = "multi_thread")]
async fn no_button_of_the_panel_does_or_tells_anything_to_a_user() {
    let (farm, bot) = farm().await;
    let ali = farm.visitor(&bot, 501, 0).await;
    ali.send("/start");
    ali.sees("اختر خدمة").await.unwrap();
    let before = everything(&farm).await;
    let mut all: Vec<Panel> = Area::ALL.into_iter().flat_map(|(area, _)| buttons(area)).collect();
    all.extend([Panel::Home, Panel::SignOut, Panel::Leave, Panel::Choose(0, 0), Panel::Save(0)]);
    press_all(&ali, "اختر خدمة", &all, STALE).await;
    same(&before, &everything(&farm).await);
    assert_eq!(ali.messages().len(), 2, "{}", ali.transcript());
    farm.finish(&[&bot]).await;
}

/// An assistant with these areas, signed in.
async fn assistant(farm: &TestFarm, bot: &BotFile, id: i64, areas: impl Fn(Area) -> bool) -> Visitor {
    let visitor = farm.visitor(bot, id, 0).await;
    visitor.send("/start");
    visitor.sees("اختر خدمة").await.unwrap();
    let (tenant, now) = (farm.tenant(bot), farm.app.clock.now());
    let row = botfarm::service::customers::search(&tenant, &id.to_string()).await.unwrap();
    botfarm::service::admins::appoint(&tenant, "owner:700", row, now).await.unwrap();
    for (area, word) in Area::ALL.into_iter().filter(|(area, _)| area.can_be_given() && areas(*area)) {
        botfarm::service::admins::set_area(&tenant, "owner:700", row, word, true, now).await.unwrap();
        assert_eq!(area.word(), word);
    }
    farm.app.doors.of(&bot.slug.parse().unwrap()).wakes.users.notify_one();
    crate::support::eventually("the panel exists", || async {
        visitor.send("/admin");
        let asked = visitor.sees("أرسل كلمة مرور اللوحة");
        tokio::time::timeout(std::time::Duration::from_millis(500), asked).await.ok()
    })
    .await
    .unwrap();
    visitor.send("open sesame");
    visitor.sees("ماذا تريد أن تفعل؟").await.unwrap();
    visitor
}

// SPEC: A13
#[tokio::test(flavor = "multi_thread")]
async fn an_assistant_can_press_nothing_outside_their_areas() {
    let (farm, bot) = farm().await;
    let mona = assistant(&farm, &bot, 502, |area| area == Area::Users).await;
    let huda = assistant(&farm, &bot, 503, |area| area != Area::Users).await;
    for both in [&mona, &huda] {
        both.send("/admin");
        last(both, "ماذا تريد أن تفعل؟").await;
    }
    let before = everything(&farm).await;
    let closed = Area::ALL.into_iter().map(|(area, _)| area).filter(|area| *area != Area::Users);
    let closed: Vec<Panel> = closed.flat_map(buttons).collect();
    press_all(&mona, "ماذا تريد أن تفعل؟", &closed, NOT_ALLOWED).await;
    let owners = [Area::Users, Area::Admins, Area::Bots].into_iter().flat_map(buttons).collect::<Vec<_>>();
    press_all(&huda, "ماذا تريد أن تفعل؟", &owners, NOT_ALLOWED).await;
    same(&before, &everything(&farm).await);
    farm.finish(&[&bot]).await;
}

// SPEC: A13
#[tokio::test(flavor = "multi_thread")]
async fn an_area_that_is_taken_away_closes_in_the_middle_of_a_dialog() {
    let (farm, bot) = farm().await;
    let owner = farm.visitor(&bot, 700, 0).await;
    let mona = assistant(&farm, &bot, 502, |area| area == Area::Services).await;
    step(&mona, "🧩", "🟢 مفعّلة · ⏸ موقوفة · 📄").await;
    step(&mona, "➕", "ما اسم الخدمة؟").await;
    enter(&owner).await;
    step(&owner, "🧑‍💼", "مساعدون تعيّنهم").await;
    step(&owner, "@user502", "ما الأقسام المسموح بها؟").await;
    owner.press("✅ 🧩").await.unwrap();
    owner.wait_for(|m| m.button("⬜ 🧩").is_some()).await.unwrap();
    mona.send("Signal");
    last(&mona, NOT_ALLOWED).await;
    press_all(&mona, "ما اسم الخدمة؟", &[Panel::Choose(0, 0), Panel::Save(0)], NOT_ALLOWED).await;
    // What she may do is to leave.
    step(&mona, "✖️ خروج", "ماذا تريد أن تفعل؟").await;
    assert_eq!(farm.count(&bot, "services").await, 1);
    farm.finish(&[&bot]).await;
}
