//! hei-elm: the controlled lists that a mapping needs, as facts: countries and
//! languages of the EU's authority tables by their ISO codes, file types by
//! their media types, and the concepts that stand for things of the field.

/// The list of countries; its concepts are `COUNTRY/FIN`.
pub const COUNTRY: &str = "http://publications.europa.eu/resource/authority/country";
/// The list of languages; its concepts are `LANGUAGE/ENG`.
pub const LANGUAGE: &str = "http://publications.europa.eu/resource/authority/language";
/// The list of file types; its concepts are `FILE_TYPE/PDF`.
pub const FILE_TYPE: &str = "http://publications.europa.eu/resource/authority/file-type";

/// ISO 3166-1 alpha-2, with EL, UK and XK as European lists use them, to the
/// codes of the authority table (alpha-3, but for Kosovo and French territories).
const COUNTRIES: &str = "AD=AND AE=ARE AF=AFG AG=ATG AI=AIA AL=ALB AM=ARM AO=AGO AQ=ATA AR=ARG AS=ASM AT=AUT AU=AUS AW=ABW AX=ALA AZ=AZE \
BA=BIH BB=BRB BD=BGD BE=BEL BF=BFA BG=BGR BH=BHR BI=BDI BJ=BEN BL=BLM BM=BMU BN=BRN BO=BOL BQ=BES BR=BRA BS=BHS \
BT=BTN BV=BVT BW=BWA BY=BLR BZ=BLZ CA=CAN CC=CCK CD=COD CF=CAF CG=COG CH=CHE CI=CIV CK=COK CL=CHL CM=CMR CN=CHN \
CO=COL CR=CRI CU=CUB CV=CPV CW=CUW CX=CXR CY=CYP CZ=CZE DE=DEU DJ=DJI DK=DNK DM=DMA DO=DOM DZ=DZA EC=ECU EE=EST \
EG=EGY EH=ESH EL=GRC ER=ERI ES=ESP ET=ETH FI=FIN FJ=FJI FK=FLK FM=FSM FO=FRO FR=FRA GA=GAB GB=GBR GD=GRD GE=GEO \
GF=GUF GG=GGY GH=GHA GI=GIB GL=GRL GM=GMB GN=GIN GP=GLP GQ=GNQ GR=GRC GS=SGS GT=GTM GU=GUM GW=GNB GY=GUY HK=HKG \
HM=HMD HN=HND HR=HRV HT=HTI HU=HUN ID=IDN IE=IRL IL=ISR IM=IMN IN=IND IO=IOT IQ=IRQ IR=IRN IS=ISL IT=ITA JE=JEY \
JM=JAM JO=JOR JP=JPN KE=KEN KG=KGZ KH=KHM KI=KIR KM=COM KN=KNA KP=PRK KR=KOR KW=KWT KY=CYM KZ=KAZ LA=LAO LB=LBN \
LC=LCA LI=LIE LK=LKA LR=LBR LS=LSO LT=LTU LU=LUX LV=LVA LY=LBY MA=MAR MC=MCO MD=MDA ME=MNE MF=MAF MG=MDG MH=MHL \
MK=MKD ML=MLI MM=MMR MN=MNG MO=MAC MP=MNP MQ=MTQ MR=MRT MS=MSR MT=MLT MU=MUS MV=MDV MW=MWI MX=MEX MY=MYS MZ=MOZ \
NA=NAM NC=NCL NE=NER NF=NFK NG=NGA NI=NIC NL=NLD NO=NOR NP=NPL NR=NRU NU=NIU NZ=NZL OM=OMN PA=PAN PE=PER PF=PYF \
PG=PNG PH=PHL PK=PAK PL=POL PM=SPM PN=PCN PR=PRI PS=PSE PT=PRT PW=PLW PY=PRY QA=QAT RE=REU RO=ROU RS=SRB RU=RUS \
RW=RWA SA=SAU SB=SLB SC=SYC SD=SDN SE=SWE SG=SGP SH=SHN SI=SVN SJ=SJM SK=SVK SL=SLE SM=SMR SN=SEN SO=SOM SR=SUR \
SS=SSD ST=STP SV=SLV SX=SXM SY=SYR SZ=SWZ TC=TCA TD=TCD TF=FQ0 TG=TGO TH=THA TJ=TJK TK=TKL TL=TLS TM=TKM TN=TUN \
TO=TON TR=TUR TT=TTO TV=TUV TW=TWN TZ=TZA UA=UKR UG=UGA UK=GBR UM=UMI US=USA UY=URY UZ=UZB VA=VAT VC=VCT VE=VEN \
VG=VGB VI=VIR VN=VNM VU=VUT WF=WLF WS=WSM XK=1A0 YE=YEM YT=MYT ZA=ZAF ZM=ZMB ZW=ZWE";

/// ISO 639-1 to the codes of the authority table (ISO 639-3).
const LANGUAGES: &str = "aa=AAR ab=ABK ae=AVE af=AFR ak=AKA am=AMH an=ARG ar=ARA as=ASM av=AVA ay=AYM az=AZE ba=BAK be=BEL bg=BUL bi=BIS \
bm=BAM bn=BEN bo=BOD br=BRE bs=BOS ca=CAT ce=CHE ch=CHA co=COS cr=CRE cs=CES cu=CHU cv=CHV cy=CYM da=DAN de=DEU \
dv=DIV dz=DZO ee=EWE el=ELL en=ENG eo=EPO es=SPA et=EST eu=EUS fa=FAS ff=FUL fi=FIN fj=FIJ fo=FAO fr=FRA fy=FRY \
ga=GLE gd=GLA gl=GLG gn=GRN gu=GUJ gv=GLV ha=HAU he=HEB hi=HIN ho=HMO hr=HRV ht=HAT hu=HUN hy=HYE hz=HER ia=INA \
id=IND ie=ILE ig=IBO ii=III ik=IPK io=IDO is=ISL it=ITA iu=IKU ja=JPN jv=JAV ka=KAT kg=KON ki=KIK kj=KUA kk=KAZ \
kl=KAL km=KHM kn=KAN ko=KOR kr=KAU ks=KAS ku=KUR kv=KOM kw=COR ky=KIR la=LAT lb=LTZ lg=LUG li=LIM ln=LIN lo=LAO \
lt=LIT lu=LUB lv=LAV mg=MLG mh=MAH mi=MRI mk=MKD ml=MAL mn=MON mr=MAR ms=MSA mt=MLT my=MYA na=NAU nb=NOB nd=NDE \
ne=NEP ng=NDO nl=NLD nn=NNO no=NOR nr=NBL nv=NAV ny=NYA oc=OCI oj=OJI om=ORM or=ORI os=OSS pa=PAN pi=PLI pl=POL \
ps=PUS pt=POR qu=QUE rm=ROH rn=RUN ro=RON ru=RUS rw=KIN sa=SAN sc=SRD sd=SND se=SME sg=SAG sh=HBS si=SIN sk=SLK \
sl=SLV sm=SMO sn=SNA so=SOM sq=SQI sr=SRP ss=SSW st=SOT su=SUN sv=SWE sw=SWA ta=TAM te=TEL tg=TGK th=THA ti=TIR \
tk=TUK tl=TGL tn=TSN to=TON tr=TUR ts=TSO tt=TAT tw=TWI ty=TAH ug=UIG uk=UKR ur=URD uz=UZB ve=VEN vi=VIE vo=VOL \
wa=WLN wo=WOL xh=XHO yi=YID yo=YOR za=ZHA zh=ZHO zu=ZUL";

/// Media types to file types.
const MEDIA_TYPES: &str = "application/json=JSON application/msword=DOC application/pdf=PDF application/rtf=RTF \
application/vnd.oasis.opendocument.text=ODT application/vnd.openxmlformats-officedocument.wordprocessingml.document=DOCX \
application/xml=XML application/zip=ZIP image/bmp=BMP image/gif=GIF image/jpeg=JPEG image/png=PNG image/svg+xml=SVG \
image/tiff=TIFF text/csv=CSV text/html=HTML text/plain=TXT";

/// The authority code of a two-letter country.
#[must_use]
pub fn country(alpha_2: &str) -> Option<&'static str> {
    right(COUNTRIES, alpha_2)
}

/// The authority code of the language of a tag (BCP 47): "sr-Latn" is SRP.
#[must_use]
pub fn language(tag: &str) -> Option<String> {
    let primary = tag.split('-').next().unwrap_or_default().to_ascii_lowercase();
    let three = primary.len() == 3 && primary.bytes().all(|it| it.is_ascii_lowercase());
    let found = right(LANGUAGES, &primary).map(str::to_owned);
    found.or_else(|| three.then(|| primary.to_ascii_uppercase()))
}

/// The shortest tag of an authority code (BCP 47 §2.2.1).
#[must_use]
pub fn tag(language: &str) -> String {
    left(LANGUAGES, language).map_or_else(|| language.to_ascii_lowercase(), str::to_owned)
}

/// The file type of a media type.
#[must_use]
pub fn file_type(media_type: &str) -> Option<&'static str> {
    right(MEDIA_TYPES, &media_type.to_ascii_lowercase())
}

/// The media type of a file type.
#[must_use]
pub fn media_type(file_type: &str) -> Option<&'static str> {
    left(MEDIA_TYPES, file_type)
}

fn pairs(list: &'static str) -> impl Iterator<Item = (&'static str, &'static str)> {
    list.split_ascii_whitespace().filter_map(|pair| pair.split_once('='))
}

fn right(list: &'static str, key: &str) -> Option<&'static str> {
    pairs(list).find(|(left, _)| *left == key).map(|(_, right)| right)
}

fn left(list: &'static str, key: &str) -> Option<&'static str> {
    pairs(list).find(|(_, right)| *right == key).map(|(left, _)| left)
}
