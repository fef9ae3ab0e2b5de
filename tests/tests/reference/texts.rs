//! Tests of texts on the pages: Markdown and links for names.

use crate::html::{nesting, part};
use crate::links::dangling;
use crate::site_of;

const SHOP: &str = "struct: shop
summary: A <b>shop</b> & more; see `open_hours.from_hour` and `open_hours`.
details: |
  # A heading

  Sold by [`open_hours`], not by [`nothing`], and <script>alert(1)</script>.

  - `keeper`: one
  - `day_kind`, `weekday` and `plain` words

  | a | b |
  |---|---|
  | 1 | `2 < 3` |

  ```
  <shop/>
  ```

  [good](https://example.com/a?b=1&c=2), [bad](javascript:alert(1)), [worse](../index.html), ![image](https://example.com/i.png).
attributes:
  keeper: { type: string, summary: \"Who keeps it. Not `keeper`, but `shop.keeper`.\" }
  day: { type: day_kind, summary: \"Either `weekday` or `holiday`.\" }
  hours: { type: open_hours, summary: \"Its `from_hour`, or `keeper`, or `day.weekday`; not `name`.\" }
  name: { type: string, summary: \"It's \\\"quoted\\\".\" }
";

const HOURS: &str = "struct: open_hours
attributes:
  from_hour: { type: integer }
  name: { type: string }
";

const DAY: &str = "enum: day_kind
values:
  holiday: { summary: Closed. }
  weekday: { deprecated: true }
";

const SYSTEM: &str = "service: system
locators:
  shops: { service: shops }
";

const SHOPS: &str = "service: shops
summary: See `add` and `add.force`, `shop` and `shops`.
methods:
  add:
    summary: Opens one with `keeper`; `force` helps; `name` and `hours.from_hour` too.
    parameters:
      shop: { type: shop, direction: inout, mandatory: [keeper, hours.name] }
      force: { type: boolean }
";

fn files() -> Vec<(&'static str, &'static str)> {
    vec![
        ("types/shop.yaml", SHOP),
        ("types/open_hours.yaml", HOURS),
        ("types/day_kind.yaml", DAY),
        ("services/system.yaml", SYSTEM),
        ("services/shops.yaml", SHOPS),
    ]
}

#[test]
fn only_markdown_becomes_html() {
    let site = site_of(&files());
    for page in site.keys().filter(|path| path.ends_with(".html")) {
        assert_eq!(nesting(&site[page]), None, "{page}");
    }
    assert!(dangling(&site).is_empty(), "{:?}", dangling(&site));
    let page = &site["types/shop.html"];
    let has = |text: &str| assert!(page.contains(text), "no {text} in {page}");
    has("A &lt;b&gt;shop&lt;/b&gt; &amp; more;");
    has("&lt;script&gt;alert(1)&lt;/script&gt;");
    has("<p><strong>A heading</strong></p>");
    has("<li><a href=\"../types/shop.html#keeper\"><code>keeper</code></a>: one</li>");
    has("<td><code>2 &lt; 3</code></td>");
    has("<pre><code>&lt;shop/&gt;\n</code></pre>");
    has("<a href=\"https://example.com/a?b=1&amp;c=2\">good</a>, bad, worse, image.");
    has("It's \"quoted\".");
    assert!(!page.contains("<script>alert") && !page.contains("javascript:") && !page.contains("<img"));
    assert!(!site["search-index.js"].contains("</script"), "the index would end a script that held it");
}

#[test]
fn unambiguous_names_become_links() {
    let site = site_of(&files());
    let shop = &site["types/shop.html"];
    let link = |href: &str, name: &str| format!("<a href=\"../{href}\"><code>{name}</code></a>");
    let has = |html: &str, href: &str, name: &str| assert!(html.contains(&link(href, name)), "no {name} in {html}");
    has(shop, "types/open_hours.html#from_hour", "open_hours.from_hour");
    has(shop, "types/open_hours.html", "open_hours");
    has(shop, "types/day_kind.html", "day_kind");
    assert!(shop.contains("<code>plain</code>") && shop.contains("[<code>nothing</code>]"));

    let keeper = part(shop, "keeper");
    assert!(keeper.contains("Not <code>keeper</code>, but <code>shop.keeper</code>"), "it links to itself: {keeper}");
    let day = part(shop, "day");
    has(day, "types/day_kind.html#weekday", "weekday");
    has(day, "types/day_kind.html#holiday", "holiday");
    let hours = part(shop, "hours");
    has(hours, "types/shop.html#keeper", "keeper");
    has(hours, "types/day_kind.html#weekday", "day.weekday");
    has(hours, "types/open_hours.html#from_hour", "from_hour");
    assert!(hours.contains("not <code>name</code>"), "both have a name: {hours}");

    let shops = &site["services/shops.html"];
    has(shops, "services/shops.html#add", "add");
    has(shops, "services/shops.html#add-force", "add.force");
    assert!(shops.contains("<code>shop</code> and <code>shops</code>."), "{shops}");
    let add = part(shops, "add");
    has(add, "types/shop.html#keeper", "keeper");
    has(add, "services/shops.html#add-force", "force");
    has(add, "types/open_hours.html#from_hour", "hours.from_hour");
    assert!(add.contains("; <code>name</code> and"), "the name of what: {add}");
}
