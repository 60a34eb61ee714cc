//! The picture as SVG. It is laid out from the left; for languages from the right every place is
//! mirrored, not the text.

use super::{Chart, Series, Value};
use std::fmt::Write;

/// The picture's size in pixels.
pub(super) const SIZE: (u32, u32) = (1280, 960);
const WIDTH: f64 = 1280.0;
const MARGIN: f64 = 48.0;
/// At most so many values of a ranking.
const RANKED: usize = 5;
/// At most so many names under the bars: more would overlap.
const NAMED: usize = 12;

const BACK: &str = "#f6f7fb";
const CARD: &str = "#ffffff";
const INK: &str = "#1d2433";
const FAINT: &str = "#6b7487";
const LINE: &str = "#e3e7f0";
const BAR: &str = "#2f6fed";
const RANK: [&str; 2] = ["#12a37f", "#e0862f"];

/// Where a text stands at its place.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Anchor {
    Start,
    Middle,
    End,
}

struct Picture {
    out: String,
    from_right: bool,
}

/// The picture of a chart.
pub(super) fn svg(chart: &Chart) -> String {
    let mut picture = Picture { out: String::new(), from_right: chart.from_right };
    let (width, height) = SIZE;
    let _ = write!(
        picture.out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
         font-family=\"Noto Sans\" xml:space=\"preserve\"><rect width=\"{width}\" height=\"{height}\" fill=\"{BACK}\"/>"
    );
    picture.text((MARGIN, 76.0), 38.0, INK, Anchor::Start, true, &chart.title);
    picture.text((WIDTH - MARGIN, 76.0), 26.0, FAINT, Anchor::End, false, &chart.subtitle);
    picture.tiles(&chart.tiles);
    picture.over_time(&chart.over_time, &chart.nothing);
    let half = (WIDTH - 2.0 * MARGIN - 24.0) / 2.0;
    for (n, ranking) in chart.rankings.iter().enumerate() {
        picture.ranking(MARGIN + n as f64 * (half + 24.0), half, ranking, RANK[n], &chart.nothing);
    }
    picture.out.push_str("</svg>");
    picture.out
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// What the bundled fonts can draw: emoji are left out.
fn drawable(text: &str) -> String {
    let is_drawable = |c: &char| {
        let c = *c as u32;
        (0x20..0x250).contains(&c)
            || (0x400..0x460).contains(&c)
            || (0x600..0x700).contains(&c)
            || (0x2010..0x2030).contains(&c)
    };
    text.chars().filter(is_drawable).collect::<String>().trim().to_owned()
}

/// The text with its Arabic parts in the Arabic font: a fallback would take no notice of the weight.
fn runs(text: &str) -> String {
    let is_arabic = |c: char| (0x600..0x700).contains(&(c as u32));
    let (mut out, mut run, mut in_arabic) = (String::new(), String::new(), false);
    for c in text.chars() {
        if c != ' ' && is_arabic(c) != in_arabic {
            out.push_str(&span(&std::mem::take(&mut run), in_arabic));
            in_arabic = is_arabic(c);
        }
        run.push(c);
    }
    out + &span(&run, in_arabic)
}

fn span(run: &str, in_arabic: bool) -> String {
    match in_arabic {
        true => format!("<tspan font-family=\"Noto Sans Arabic\">{}</tspan>", escaped(run)),
        false => escaped(run),
    }
}

fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most { text.to_owned() } else { text.chars().take(most - 1).chain(['…']).collect() }
}

impl Picture {
    /// A place from the left, or mirrored.
    fn x(&self, x: f64) -> f64 {
        if self.from_right { WIDTH - x } else { x }
    }

    fn rect(&mut self, (x, y): (f64, f64), (width, height): (f64, f64), round: f64, fill: &str) {
        let x = if self.from_right { WIDTH - x - width } else { x };
        let _ = write!(
            self.out,
            "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{height:.1}\" rx=\"{round}\" fill=\"{fill}\"/>"
        );
    }

    fn text(&mut self, (x, y): (f64, f64), size: f64, fill: &str, anchor: Anchor, bold: bool, text: &str) {
        let anchor = match (anchor, self.from_right) {
            (Anchor::Middle, _) => "middle",
            (Anchor::Start, false) | (Anchor::End, true) => "start",
            (Anchor::End, false) | (Anchor::Start, true) => "end",
        };
        // The renderer takes every line for one from the left: the marks say otherwise.
        let (open, close) =
            if self.from_right { (span("\u{202b}", true), span("\u{202c}", true)) } else { Default::default() };
        let weight = if bold { "bold" } else { "normal" };
        let _ = write!(
            self.out,
            "<text x=\"{:.1}\" y=\"{y:.1}\" font-size=\"{size}\" font-weight=\"{weight}\" fill=\"{fill}\" \
             text-anchor=\"{anchor}\">{open}{}{close}</text>",
            self.x(x),
            runs(&drawable(text))
        );
    }

    fn tiles(&mut self, tiles: &[Value]) {
        let gap = 24.0;
        let count = tiles.len().max(1) as f64;
        let width = (WIDTH - 2.0 * MARGIN - gap * (count - 1.0)) / count;
        for (n, tile) in tiles.iter().enumerate() {
            let x = MARGIN + n as f64 * (width + gap);
            self.rect((x, 108.0), (width, 124.0), 18.0, CARD);
            self.text((x + 24.0, 152.0), 22.0, FAINT, Anchor::Start, false, &tile.name);
            // A long amount is written smaller, or it would leave its tile.
            let size = 36.0_f64.min(430.0 / tile.shown.chars().count().max(1) as f64);
            self.text((x + 24.0, 206.0), size, INK, Anchor::Start, true, &tile.shown);
        }
    }

    fn over_time(&mut self, series: &Series, nothing: &str) {
        let (left, top, width, height) = (MARGIN, 256.0, WIDTH - 2.0 * MARGIN, 336.0);
        self.rect((left, top), (width, height), 18.0, CARD);
        self.text((left + 24.0, top + 44.0), 24.0, INK, Anchor::Start, true, &series.title);
        let largest = series.values.iter().map(|v| v.size).fold(0.0, f64::max);
        if largest <= 0.0 {
            return self.text((WIDTH / 2.0, top + height / 2.0), 26.0, FAINT, Anchor::Middle, false, nothing);
        }
        let (inner, base, most) = (width - 48.0, top + height - 52.0, height - 150.0);
        self.rect((left + 24.0, base), (inner, 2.0), 0.0, LINE);
        let slot = inner / series.values.len() as f64;
        let bar = (slot * 0.62).min(72.0);
        let every = series.values.len().div_ceil(NAMED);
        for (n, value) in series.values.iter().enumerate() {
            let middle = left + 24.0 + slot * (n as f64 + 0.5);
            let tall = most * value.size / largest;
            if value.size > 0.0 {
                self.rect((middle - bar / 2.0, base - tall), (bar, tall), (bar / 4.0).min(8.0), BAR);
            }
            if n % every == 0 {
                self.text((middle, base + 32.0), 18.0, FAINT, Anchor::Middle, false, &value.name);
                if value.size > 0.0 {
                    self.text((middle, base - tall - 10.0), 18.0, INK, Anchor::Middle, true, &value.shown);
                }
            }
        }
    }

    fn ranking(&mut self, left: f64, width: f64, series: &Series, fill: &str, nothing: &str) {
        let (top, height) = (616.0, 300.0);
        self.rect((left, top), (width, height), 18.0, CARD);
        self.text((left + 24.0, top + 44.0), 24.0, INK, Anchor::Start, true, &series.title);
        let largest = series.values.iter().map(|v| v.size).fold(0.0, f64::max);
        if largest <= 0.0 {
            return self.text((left + width / 2.0, top + height / 2.0), 24.0, FAINT, Anchor::Middle, false, nothing);
        }
        for (n, value) in series.values.iter().take(RANKED).enumerate() {
            let y = top + 92.0 + n as f64 * 43.0;
            let long = (width - 48.0) * value.size / largest;
            self.text((left + 24.0, y), 20.0, INK, Anchor::Start, false, &cut(&value.name, 24));
            self.text((left + width - 24.0, y), 20.0, FAINT, Anchor::End, true, &value.shown);
            self.rect((left + 24.0, y + 9.0), (width - 48.0, 8.0), 4.0, LINE);
            self.rect((left + 24.0, y + 9.0), (long.max(8.0), 8.0), 4.0, fill);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_named_things_cannot_leave_its_place() {
        let value = Value { name: "<a> & \"b\" 🟢".into(), size: 1.0, shown: "1".into() };
        let ranking = Series { title: "t".into(), values: vec![value] };
        let chart = Chart { rankings: [ranking, Series::default()], ..Chart::default() };
        let svg = svg(&chart);
        assert!(svg.contains("&lt;a&gt; &amp; &quot;b&quot;<") && !svg.contains('🟢'), "{svg}");
    }
}
