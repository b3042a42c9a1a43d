//! hei-elmo: writes `learningOpportunitySpecification` and its parts.

use hei_xml::Writer;

use super::{instance, option, required_identifiers, required_texts, texts};
use crate::fits;
use crate::model::Specification;

pub(super) fn write(it: &Specification, out: &mut Writer) {
    out.start("learningOpportunitySpecification", &[]);
    required_identifiers(out, &it.identifiers);
    required_texts(out, "title", &it.titles);
    option(out, "type", fits::specification_kind(it));
    option(out, "subjectArea", it.subject_area.as_deref());
    option(out, "iscedCode", it.isced_code.as_deref());
    option(out, "url", it.url.as_deref());
    texts(out, "description", &it.descriptions);
    texts(out, "descriptionHtml", &it.html_descriptions);
    option(out, "documentType", fits::document_kind(it));
    out.start("specifies", &[]);
    instance::write(it.instance.as_ref(), out);
    out.end();
    for part in &it.parts {
        out.start("hasPart", &[]);
        write(part, out);
        out.end();
    }
    out.end();
}
