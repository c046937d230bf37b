//! The terms of a contract.

use silversmith_intake::{Code, QuarantineConsent};

use super::support::{CONTRACT, admit_contract, assert_rejected, has};

#[test]
fn a_contract_sets_the_terms_of_its_tables() {
    let admitted = admit_contract(CONTRACT).unwrap();
    let orders = &admitted.brief.tables()[&"orders.csv".parse().unwrap()].terms;
    let names = |list: &[silversmith_types::ColumnName]| -> Vec<String> {
        list.iter().map(ToString::to_string).collect()
    };
    assert_eq!(names(&orders.primary_key), ["order_id", "person"]);
    assert_eq!(names(&orders.required), ["order_id"]);
    assert_eq!(names(&orders.unique), ["order_id"]);
    assert_eq!(
        orders.quarantine,
        [QuarantineConsent::DuplicateKey, QuarantineConsent::NullKey]
    );
    assert_eq!(
        admitted.brief.contract_digest(),
        Some(silversmith_types::Digest::of(CONTRACT.as_bytes()))
    );
}

#[test]
fn contracts_are_rejected_where_they_are_wrong() {
    let with = |from: &str, to: &str| {
        assert!(CONTRACT.contains(from), "{from}");
        CONTRACT.replacen(from, to, 1)
    };
    for (contract, code, place) in [
        (with("id: orders", "id: [orders"), Code::NotYaml, "5:7"),
        (with("id: orders", "id: &x orders"), Code::NotYaml, "4:5"),
        ("\u{0}".to_owned(), Code::NotYaml, "1:1"),
        (
            with("kind: DataContract", "kind: Other"),
            Code::ContractShape,
            "/kind",
        ),
        (with("v3.0.2", "v2.2.2"), Code::ContractShape, "/apiVersion"),
        (with("schema:", "models:"), Code::ContractShape, "/schema"),
        (
            with("required: true", "required: yes"),
            Code::ContractShape,
            "/schema/0/properties/1/required",
        ),
        (
            with("primaryKeyPosition: 2", "primaryKeyPosition: 0"),
            Code::ContractShape,
            "/schema/0/properties/0/primaryKeyPosition",
        ),
        (
            with("primaryKeyPosition: 2", "primaryKeyPosition: 1"),
            Code::ContractTerms,
            "/schema/0/properties/1/primaryKeyPosition",
        ),
        (
            with("        primaryKeyPosition: 2\n", ""),
            Code::ContractTerms,
            "/schema/0/properties/0",
        ),
        (
            with("- name: orders", "- name: oders"),
            Code::ContractTable,
            "/schema/0",
        ),
        (
            with("people.csv", "orders.csv"),
            Code::ContractTerms,
            "/schema/1",
        ),
        (
            with("- name: person", "- name: persona"),
            Code::ContractColumn,
            "/schema/0/properties/0",
        ),
        (
            with("- name: person", "- name: order_id"),
            Code::ContractTerms,
            "/schema/0/properties/1",
        ),
        (
            with("null_key]", "everything]"),
            Code::ContractConsent,
            "/schema/0/customProperties/0/value/1",
        ),
        (
            with("[duplicate_key, null_key]", "duplicate_key"),
            Code::ContractConsent,
            "/schema/0/customProperties/0/value",
        ),
        (
            with("property: team", "property: silversmith.qarantine"),
            Code::ContractShape,
            "/schema/0/customProperties/1/property",
        ),
        (" ".repeat((2 << 20) + 1), Code::TooLarge, ""),
    ] {
        assert_rejected(admit_contract(&contract), code, place);
    }
    let unread = with("logicalType: string", "quality: []");
    let admitted = admit_contract(&unread).unwrap();
    assert!(has(
        &admitted.findings,
        Code::ContractUnread,
        "/schema/0/properties/1/quality"
    ));
}
