/** Go's own (text/template, funcs.go). */
const GO =
  'and call eq ge gt html index js le len lt ne not or print printf println slice urlquery';

/** ESO's own (runtime/template/v2/template.go, 1.3.2 to 2.9). */
const ESO =
  'certSANs filterCertChain filterPEM fromYaml fullPemToPkcs12 fullPemToPkcs12Pass jwkPrivateKeyPem jwkPublicKeyPem pemToPkcs12 pemToPkcs12Pass pemTruststoreToPKCS12 pemTruststoreToPKCS12Pass pkcs12cert pkcs12certPass pkcs12key pkcs12keyPass rsaDecrypt toYaml';

/** Those of sprig 3.3 and of ESO's copy of it, without `env` and `expandenv`, which ESO takes away. */
const SPRIG = `abbrev abbrevboth add add1 add1f addf adler32sum ago all any append atoi b32dec b32enc b64dec
 b64enc base bcrypt biggest buildCustomCert camelcase cat ceil chunk clean coalesce compact concat contains
 date dateInZone dateModify date_in_zone date_modify decryptAES deepCopy deepEqual default derivePassword
 dict dig dir div divf duration durationRound empty encryptAES ext fail first float64 floor fromJson genCA
 genCAWithKey genPrivateKey genSelfSignedCert genSelfSignedCertWithKey genSignedCert genSignedCertWithKey
 get getHostByName has hasKey hasPrefix hasSuffix hello hexdec htmlDate htmlDateInZone htpasswd indent
 initial initials int int64 isAbs join kebabcase keys kindIs kindOf last list lower max maxf merge
 mergeOverwrite min minf mod mul mulf mustAppend mustChunk mustCompact mustDateModify mustDeepCopy mustFirst
 mustFromJson mustHas mustInitial mustLast mustMerge mustMergeOverwrite mustPrepend mustPush mustRegexFind
 mustRegexFindAll mustRegexMatch mustRegexReplaceAll mustRegexReplaceAllLiteral mustRegexSplit mustRest
 mustReverse mustSlice mustToDate mustToJson mustToPrettyJson mustToRawJson mustUniq mustWithout
 must_date_modify nindent nospace now omit osBase osClean osDir osExt osIsAbs pick pluck plural prepend push
 quote randAlpha randAlphaNum randAscii randBytes randInt randNumeric regexFind regexFindAll regexMatch
 regexQuoteMeta regexReplaceAll regexReplaceAllLiteral regexSplit repeat replace rest reverse round semver
 semverCompare seq set sha1sum sha256sum sha512sum shuffle slice snakecase sortAlpha split splitList splitn
 squote sub subf substr swapcase ternary title toDate toDecimal toJson toPrettyJson toRawJson toString
 toStrings trim trimAll trimPrefix trimSuffix trimall trunc tuple typeIs typeIsLike typeOf uniq unixEpoch
 unset until untilStep untitle upper urlJoin urlParse uuidv4 values without wrap wrapWith`;

/** All that a template of ESO may call. */
export const TEMPLATE_FUNCTIONS: ReadonlySet<string> = new Set(
  `${GO} ${ESO} ${SPRIG}`.split(/\s+/),
);

/**
 * All that a template of Argo CD may call (argo-cd 3.5,
 * docs/operator-manual/applicationset/GoTemplate.md): those of sprig and some of its own.
 */
export const ARGOCD_TEMPLATE_FUNCTIONS: ReadonlySet<string> = new Set(
  `${GO} ${SPRIG} normalize slugify toYaml fromYaml fromYamlArray`.split(/\s+/),
);
