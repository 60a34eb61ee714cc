//! The pictures, pixel by pixel. `UPDATE_PICTURES=1` draws them anew: then look at them.

use botfarm::chart::{Chart, Series, Value, draw};
use resvg::tiny_skia::Pixmap;

fn value(name: &str, size: f64, shown: &str) -> Value {
    Value { name: name.into(), size, shown: shown.into() }
}

fn arabic() -> Chart {
    let days = (1..=30).map(|day| {
        let codes = (day * 37 % 23) as f64;
        value(&format!("{day} نوفمبر"), codes, &codes.to_string())
    });
    Chart {
        title: "الوشاق".into(),
        subtitle: "آخر 30 يومًا · 1 – 30 نوفمبر 2026".into(),
        from_right: true,
        tiles: vec![
            value("أكواد", 0.0, "1,284"),
            value("الدخل", 0.0, "12,840.50 جنيه"),
            value("مستخدمون جدد", 0.0, "312"),
            value("انتهت بلا كود", 0.0, "97"),
        ],
        over_time: Series { title: "الأكواد كل يوم".into(), values: days.collect() },
        rankings: [
            Series {
                title: "أفضل الخدمات".into(),
                values: vec![
                    value("🟢 WhatsApp", 640.0, "640 · 6,400 جنيه"),
                    value("تيليجرام", 410.0, "410 · 4,920 جنيه"),
                    value("Google (Gmail)", 150.0, "150 · 1,500 جنيه"),
                ],
            },
            Series {
                title: "أفضل الدول".into(),
                values: vec![value("مصر", 900.0, "900"), value("السعودية", 300.0, "300"), value("الإمارات", 84.0, "84")],
            },
        ],
        nothing: "لا شيء بعد".into(),
    }
}

/// How many of a thousand pixels differ visibly: another processor may round otherwise.
fn difference(a: &Pixmap, b: &Pixmap) -> usize {
    assert_eq!((a.width(), a.height()), (b.width(), b.height()));
    let differs = |(a, b): (&u8, &u8)| a.abs_diff(*b) > 24;
    let different = a.data().iter().zip(b.data()).filter(|pair| differs(*pair)).count();
    different * 1000 / a.data().len()
}

// SPEC: A8
#[test]
fn the_statistics_look_as_they_did_when_they_were_looked_at() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/integration/pictures/statistics.ar.png");
    let drawn = draw(&arabic()).unwrap();
    if std::env::var_os("UPDATE_PICTURES").is_some() {
        std::fs::write(&path, &drawn).unwrap();
    }
    let (drawn, kept) = (Pixmap::decode_png(&drawn).unwrap(), Pixmap::load_png(&path).unwrap());
    assert_eq!(difference(&drawn, &kept), 0, "look at {}", path.display());
}

// SPEC: A8
#[test]
fn an_empty_period_is_a_picture_too() {
    let empty = draw(&Chart { nothing: "لا شيء بعد".into(), from_right: true, ..Chart::default() }).unwrap();
    assert!(empty.starts_with(b"\x89PNG"));
}
