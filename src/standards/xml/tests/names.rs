//! Namespaces, paths, white space, and the way back through the writer.

use super::*;

fn with_document<T>(source: &str, look: impl FnOnce(Element<'_>) -> T) -> T {
    let text = open(source.as_bytes(), &limits()).unwrap();
    let document = parse(&text, &limits()).unwrap();
    look(document.root().unwrap())
}

fn shape(element: Element<'_>) -> String {
    let attributes: String = element
        .attributes()
        .map(|it| format!(" {{{}}}{}={}", it.namespace, it.name, it.value))
        .collect();
    let children: String = element.children().map(shape).collect();
    format!(
        "({{{}}}{}{attributes} {:?}{children})",
        element.namespace(),
        element.name(),
        element.text()
    )
}

#[test]
fn prefixes_do_not_matter() {
    let plain = with_document("<a xmlns='n'><b xml:lang='en'>t</b><c xmlns=''/></a>", shape);
    let prefixed =
        with_document("<p:a xmlns:p='n'>\n <p:b xml:lang='en'>t</p:b><c/>\n</p:a>", shape);
    let shadowed = with_document(
        "<a xmlns='n' xmlns:q='x'><q:b xmlns:q='n' xml:lang='en'>t</q:b><c xmlns=''/></a>",
        shape,
    );
    assert_eq!(plain, prefixed);
    assert_eq!(plain, shadowed);
}

#[test]
fn a_path_counts_siblings_of_the_same_name() {
    let paths = with_document("<elmo><report/><x/><report><t/><t/></report></elmo>", |root| {
        let last = root.children().last().unwrap();
        let title = last.children().last().unwrap();
        (root.path(), last.path(), title.path())
    });
    assert_eq!(paths, ("/elmo".into(), "/elmo/report[2]".into(), "/elmo/report[2]/t[2]".into()));
}

#[test]
fn white_space_is_kept_in_text_and_normalised_where_xml_says_so() {
    let seen = with_document("<a b='x\r\n\ty&#10;z'>\r\n t\ru <c/> \n</a>", |root| {
        (root.text().to_owned(), root.attribute("", "b").unwrap().to_owned())
    });
    assert_eq!(seen, ("\n t\nu ".into(), "x  y\nz".into()));
}

#[test]
fn what_the_writer_writes_reads_back_equal() {
    let nasty = " a&<>\"'\r\n\t]]>\u{85}\u{fffd}𝄞é ";
    let mut writer = Writer::new(0);
    writer.start("a", &[("xmlns", "n"), ("b", nasty)]);
    writer.leaf("c", &[("xml:lang", "el")], nasty);
    writer.leaf("d", &[], "");
    let bytes = writer.finish();
    let source = String::from_utf8(bytes).unwrap();
    with_document(&source, |root| {
        assert_eq!(root.attribute("", "b"), Some(nasty));
        let first = root.children().next().unwrap();
        assert_eq!((first.text(), first.language()), (nasty, Some("el")));
    });
    let mut writer = Writer::new(0);
    writer.leaf("a", &[], "x\u{0}y");
    assert!(String::from_utf8(writer.finish()).unwrap().ends_with("<a>x\u{fffd}y</a>\n"));
}
