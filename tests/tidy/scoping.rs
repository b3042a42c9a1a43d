//! Institutions: whoever asks the database says of which institution. A query that begins with a whole table
//! names the institution's column in the same statement, or is put together by a function of the same file that
//! does; by key it cannot be forgotten, since the institution is first in every key (tests/federation/scoping.rs).
//! SQL as text stands in the engines and migrations only.

use std::collections::BTreeSet;

use syn::spanned::Spanned;
use syn::visit::{self, Visit};

use crate::assert_none;
use crate::tree::{File, files};

/// Where a query of a whole table begins.
const BEGINNINGS: &[&str] = &[
    "::find()",
    "::update_many()",
    "::delete_many()",
    "Query::select()",
    "Query::update()",
    "Query::delete()",
];
/// What narrows it to an institution.
const NARROWED: &[&str] = &[
    "InstitutionId.eq(",
    "InstitutionId)).eq(",
    "INSTITUTION.eq(",
    "same(Column::InstitutionId)",
    ".own::<",
];
/// What makes SQL of a text.
const TEXTS: &[&str] = &["execute_unprepared(", "Statement::from_", "Expr::cust"];
/// Files whose tables belong to no institution: the institutions themselves, and the schema.
const OF_NONE: &[&str] = &["src/store/institution.rs", "src/store/migrate.rs"];
/// Where the engines differ, and where tables are made.
const ENGINES: &[&str] =
    &["src/store/engine", "src/store/conn.rs", "src/store/migrate.rs", "/migrations"];

#[test]
fn every_query_says_of_which_institution() {
    let product = || files().iter().filter(|file| file.is_product());
    let counted: usize = product().map(|file| read(file).begun).sum();
    println!("{counted} queries of whole tables");
    assert!(counted > 10);
    assert_none(product().flat_map(breaches).collect());
}

fn breaches(file: &File) -> Vec<String> {
    // A migration moves the rows of all institutions.
    let of_all = file.path.contains("/migrations/");
    let of_none = of_all || OF_NONE.contains(&file.path.as_str());
    let engine = ENGINES.iter().any(|place| file.path.contains(place));
    let found = read(file);
    let told = |what: &'static str| move |text: &String| format!("{}: {what}: {text}", file.path);
    let unscoped = found.unscoped.iter().filter(|_| !of_none).map(told("no institution"));
    let texts = found.texts.iter().filter(|_| !engine).map(told("SQL as text"));
    unscoped.chain(texts).collect()
}

/// What a file asks the database.
#[derive(Default)]
struct Found {
    begun: usize,
    unscoped: Vec<String>,
    texts: Vec<String>,
}

fn read(file: &File) -> Found {
    let Ok(tree) = syn::parse_file(&file.text) else { return Found::default() };
    let mut functions = Functions::default();
    functions.visit_file(&tree);
    let mut statements = Statements { scoping: functions.scoping(), found: Found::default() };
    statements.visit_file(&tree);
    statements.found
}

/// The functions of a file, each with its text.
#[derive(Default)]
struct Functions(Vec<(String, String)>);

impl Functions {
    /// The names of those that narrow to an institution, by themselves or through another.
    fn scoping(&self) -> BTreeSet<String> {
        let mut known = BTreeSet::new();
        loop {
            let before = known.len();
            for (name, text) in &self.0 {
                if is_narrowed(text, &known) {
                    known.insert(name.clone());
                }
            }
            if known.len() == before {
                return known;
            }
        }
    }
}

impl<'ast> Visit<'ast> for Functions {
    fn visit_item_fn(&mut self, function: &'ast syn::ItemFn) {
        self.0.push((function.sig.ident.to_string(), written(&*function.block)));
    }
}

fn is_narrowed(text: &str, scoping: &BTreeSet<String>) -> bool {
    let called = |name: &String| {
        text.match_indices(&format!("{name}(")).any(|(at, _)| {
            let before = text[..at].chars().next_back();
            before.is_some_and(|one| !one.is_alphanumeric() && !"_.:".contains(one))
        })
    };
    NARROWED.iter().any(|narrowed| text.contains(narrowed)) || scoping.iter().any(called)
}

/// Looks at each statement for what begins in it and not in one inside of it.
struct Statements {
    scoping: BTreeSet<String>,
    found: Found,
}

impl<'ast> Visit<'ast> for Statements {
    fn visit_item(&mut self, item: &'ast syn::Item) {
        if !is_test(item) {
            visit::visit_item(self, item);
        }
    }

    fn visit_stmt(&mut self, statement: &'ast syn::Stmt) {
        let (begun, texts) = (self.found.begun, self.found.texts.len());
        visit::visit_stmt(self, statement);
        let text = written(statement);
        let count = |words: &[&str]| words.iter().map(|w| text.matches(w).count()).sum::<usize>();
        let own = count(BEGINNINGS).saturating_sub(self.found.begun - begun);
        self.found.begun += own;
        if own > 0 && !is_narrowed(&text, &self.scoping) {
            self.found.unscoped.push(shortened(&text));
        }
        if count(TEXTS) > self.found.texts.len() - texts {
            self.found.texts.push(shortened(&text));
        }
    }
}

fn is_test(item: &syn::Item) -> bool {
    let syn::Item::Mod(module) = item else { return false };
    module.attrs.iter().any(|attribute| written(attribute).contains("test"))
}

/// The source without blanks.
fn written(part: &impl Spanned) -> String {
    part.span().source_text().unwrap_or_default().split_whitespace().collect()
}

fn shortened(text: &str) -> String {
    text.chars().take(160).collect()
}

#[test]
fn a_query_without_institution_and_sql_as_text_are_found() {
    let of = |text: &str| {
        let text =
            format!("fn own() {{ narrowed(Column::InstitutionId.eq(own)) }} fn f() {{ {text} }}");
        breaches(&File { path: "src/store/x.rs".into(), text }).len()
    };
    assert_eq!(of("let a = Entity::find().filter(Column::InstitutionId.eq(own)).all(c);"), 0);
    assert_eq!(of("row::Entity::find().filter(own()).one(c)"), 0);
    assert_eq!(of("read.own::<Entity>().filter(Column::Id.eq(id))"), 0);
    assert_eq!(of("let a = Entity::find().filter(Column::Id.eq(id)).all(c);"), 1);
    assert_eq!(of("Entity::delete_many().filter(Column::CreatedAt.lte(now)).exec(c).await?;"), 1);
    assert_eq!(of("if a { let b = Entity::find().all(c); Column::InstitutionId.eq(b); }"), 1);
    assert_eq!(of("let w = async move |conn| { T::update_many().exec(conn).await };"), 1);
    assert_eq!(of("let rows = conn.execute_unprepared(\"DELETE FROM answers\").await?;"), 1);
}
