//! hei-elmo: writes `attachment`, its contents as they came.

use hei_xml::Writer;

use super::{identifiers, option, texts};
use crate::fits;
use crate::model::Attachment;

pub(super) fn write(it: &Attachment, out: &mut Writer) {
    out.start("attachment", &[]);
    identifiers(out, &it.identifiers);
    texts(out, "title", &it.titles);
    option(out, "type", fits::attachment_kind(it));
    texts(out, "description", &it.descriptions);
    texts(out, "content", &it.contents);
    out.end();
}
