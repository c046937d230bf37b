//! Inputs that are unusual and harmless. All of them come through, every name by itself.

use serde_json::json;

use crate::base::{Case, Expected, Inputs, RUN, base, document};

fn case(name: &'static str, inputs: Inputs) -> Case {
    Case {
        name,
        inputs,
        expected: Expected::Admitted,
    }
}

pub(crate) fn cases() -> Vec<Case> {
    [forms(), columns(), tables(), suggestions(), reports()]
        .into_iter()
        .flatten()
        .collect()
}

fn forms() -> Vec<Case> {
    let orders = "/profile/tables/orders.csv";
    vec![
        case("nothing unusual", base()),
        case("without indentation", base().context(document().to_string())),
        case("with Windows line ends", base().context(serde_json::to_string_pretty(&document()).unwrap().replace('\n', "\r\n"))),
        case("with white space around it", base().context(format!("\n\n  {}\n\n", document()))),
        case("with escapes that need not be", base().replace("\"silver\"", "\"s\\u0069lver\"")),
        case("with a key that is not known", base().add("", "produced_by", json!("bronze loader 4"))),
        case("with a key that is not known in a table", base().add(orders, "comment", json!("nightly load"))),
        case("with unknown keys that hold a tree", base().add("", "lineage", json!({"source": {"system": ["crm", "erp"]}}))),
        case("a table without rows", base().set(&format!("{orders}/row_count"), json!(0)).set(&format!("{orders}/key_candidates"), json!([])).set("/profile/schema_overview/tables/1/row_count", json!(0)).set("/schema_overview/tables/1/row_count", json!(0)).set("/performance_metrics/total_rows_processed", json!(20))),
        case("a column of nulls only", base().set(&format!("{orders}/null_counts/amount"), json!(40)).set(&format!("{orders}/inferred_types/amount"), json!("empty"))),
        case("rows and schemas filled in", base().set("/bronze_tables/orders.csv/rows_in", json!(40)).set("/bronze_tables/orders.csv/schema_in", json!(["order_id", "customer_id", "amount"]))),
        case("no key candidates", base().set(&format!("{orders}/key_candidates"), json!([]))),
        case("a key that is nearly unique", base().set(&format!("{orders}/key_candidates/0/reason"), json!("high_uniqueness_99.95%"))),
        case("a time in another zone", base().set("/generated_at_utc", json!("2026-03-01T12:15:02+02:00"))),
        case("a contract", base().contract("apiVersion: v3.0.2\nkind: DataContract\nid: shop\nversion: 1.0.0\nstatus: active\nschema:\n  - name: orders.csv\n    properties:\n      - name: order_id\n        primaryKey: true\n        required: true\n")),
    ]
}

fn columns() -> Vec<Case> {
    [
        "customer's_note",
        "Straße",
        "Größe (cm)",
        "prix_unitaire_€",
        "año",
        "naïve_forecast",
        "Kunden-Nr.",
        "% discount",
        "order #",
        "price/unit",
        "a.b.c",
        "select",
        "class",
        "None",
        "import",
        "true",
        "0",
        "2024",
        "名前",
        "имя_клиента",
        "αριθμός",
        "الاسم",
        "system",
        "system_id",
        "assistant_name",
        "user_role",
        "ignore_flag",
        "instruction_manual",
        "prompt_payment_discount",
        "previous_order_id",
        "override_price",
        "act_as_guarantor",
        "execute_date",
        "drop_off_point",
        "delete_flag",
        "script_version",
        "token_count",
        "password_changed_on",
        "e-mail address",
        "phone_type",
        "is_deleted?",
        "Q&A",
        "R2D2",
        "x+y",
        "cost [EUR]",
        "created@",
        "😀_rating",
        "ship to",
        "NULL",
        "index",
        "level_3",
    ]
    .into_iter()
    .map(|name| case(name, base().column(name)))
    .collect()
}

fn tables() -> Vec<Case> {
    vec![
        case("a table with spaces", base().table("sales orders 2024.csv")),
        case("a table with umlauts", base().table("Aufträge.csv")),
        case("a table with dots", base().table("erp.sales.orders.csv")),
        case("a table with a date", base().table("orders_2024-02-29.csv")),
        case("a table with brackets", base().table("orders (final).csv")),
        case("a table in Japanese", base().table("注文.csv")),
        case(
            "a table almost named like a device",
            base().table("console.csv"),
        ),
    ]
}

fn suggestions() -> Vec<Case> {
    vec![
        case(
            "a suggestion to trim",
            base().suggestion("Trim whitespace in amount."),
        ),
        case(
            "a suggestion to parse",
            base().suggestion("Parse amount as datetime."),
        ),
        case(
            "a suggestion for what is missing",
            base().suggestion("Standardize missing values in amount."),
        ),
        case(
            "a suggestion that fits no verb",
            base().suggestion("Consider a star schema with orders as facts."),
        ),
        case(
            "a suggestion about ignoring",
            base().suggestion("Ignore case when matching amount."),
        ),
        case(
            "a suggestion about dropping",
            base().suggestion("Drop duplicates by order_id."),
        ),
        case(
            "an error message",
            base().error("products.csv: could not be decoded as UTF-8"),
        ),
    ]
}

fn reports() -> Vec<Case> {
    let said = |name, text: &str| case(name, base().report(text));
    vec![
        case("an empty report", base().report_bytes("")),
        case(
            "a report with a byte order mark",
            base().report_bytes(format!("\u{feff}# Report\n\nBronze run {RUN}\n")),
        ),
        case(
            "a report with Windows line ends",
            base().report_bytes(format!("# Report\r\n\r\nBronze run {RUN}\r\n")),
        ),
        said(
            "a table in Markdown",
            "| table | rows |\n|--|--:|\n| orders | 40 |",
        ),
        said(
            "a code fence with SQL",
            "```sql\nSELECT country, COUNT(*) FROM customers GROUP BY country;\n```",
        ),
        said("a list of tasks", "- [x] profile\n- [ ] approve"),
        said(
            "a link to a dashboard",
            "See the [dashboard](https://dashboards.example.com/silver/daily).",
        ),
        said(
            "an image in the repository",
            "![lineage](images/lineage.png)",
        ),
        said(
            "emphasis and headings",
            "## *Key* findings\n\n**All** tables were `read`.",
        ),
        said(
            "numbers that look like something",
            "18,484 rows, 99.95 % unique, run 20260125_214726_#013410d7, SO43697, BK-R93R-62.",
        ),
        said(
            "a digest",
            "sha256 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        ),
        said(
            "versions and times",
            "Polars 2.1.0 at 10:15:02 UTC, 2026-03-01, took 1.25 s.",
        ),
        said(
            "advice to ignore rows",
            "Please ignore rows with null ids in previous runs.",
        ),
        said("a system of the shop", "System: ERP. Users: 12 analysts."),
        said(
            "what one can do now",
            "You are now able to join both tables on customer_id.",
        ),
        said(
            "a format in braces",
            "Dates are written as {year}-{month}-{day}.",
        ),
        said(
            "quotations in German",
            "> „Die Daten sind vollständig“, so der Bericht.",
        ),
        said("an emoji", "Load finished 🎉"),
        said("a family of emojis", "Customers 👨‍👩‍👧 by household"),
        said("right-to-left text", "اكتمل التحميل بنجاح"),
        said(
            "a mathematical formula",
            "sales = quantity × price, for x < y and y > z",
        ),
        said(
            "an instruction for people",
            "Next steps: review the mapping, then approve the module.",
        ),
    ]
}
