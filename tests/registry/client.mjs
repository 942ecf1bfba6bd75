// Works with a registry through @confluentinc/schemaregistry; prints what came of it as JSON.
// node client.mjs URL TOPIC, where the package can be found
import { createRequire } from "node:module";
import { join } from "node:path";

const [url, topic] = process.argv.slice(2);
const require = createRequire(join(process.cwd(), "any.js"));
const sr = require("@confluentinc/schemaregistry");

const AVRO = JSON.stringify({
  type: "record",
  name: "Order",
  namespace: "demo.v1",
  fields: [{ name: "sku", type: "string" }],
});
const NEXT = JSON.stringify({
  type: "record",
  name: "Order",
  namespace: "demo.v1",
  fields: [
    { name: "sku", type: "string" },
    { name: "more", type: "string", default: "" },
  ],
});
const JSONS = JSON.stringify({
  $schema: "http://json-schema.org/draft-07/schema#",
  title: "Order",
  type: "object",
  properties: { sku: { type: "string" } },
  required: ["sku"],
});
const VALUE = { sku: "A-1-longer" };
const RULE = {
  name: "checkSku",
  kind: "CONDITION",
  mode: "WRITE",
  type: "CEL",
  expr: "message.sku != ''",
};

sr.CelExecutor.register();
const client = new sr.SchemaRegistryClient({ baseURLs: [url] });
const found = {};

async function there(name, Serializer, Deserializer, conf, info) {
  const subject = `${topic}-${name}-value`;
  await client.register(subject, info, false);
  const headers = {};
  const use = { useLatestVersion: true, autoRegisterSchemas: false, ...conf };
  const data = await new Serializer(client, sr.SerdeType.VALUE, use).serialize(
    `${topic}-${name}`,
    VALUE,
    headers,
  );
  const read = new Deserializer(client, sr.SerdeType.VALUE, {});
  const value = await read.deserialize(`${topic}-${name}`, data, headers);
  return { first: data[0], headers: Object.keys(headers), value };
}

async function refused(work) {
  try {
    await work();
    return null;
  } catch (error) {
    return [error.status, error.errorCode];
  }
}

const avro = { schema: AVRO, schemaType: "AVRO" };
const json = { schema: JSONS, schemaType: "JSON" };
const guid = { schemaIdSerializer: sr.HeaderSchemaIdSerializer };

found.avro = await there("a", sr.AvroSerializer, sr.AvroDeserializer, {}, avro);
found.avroGuid = await there("b", sr.AvroSerializer, sr.AvroDeserializer, guid, avro);
found.json = await there("c", sr.JsonSerializer, sr.JsonDeserializer, {}, json);
found.jsonGuid = await there("d", sr.JsonSerializer, sr.JsonDeserializer, guid, json);
const ruled = { ...avro, ruleSet: { domainRules: [RULE] } };
found.ruled = await there("e", sr.AvroSerializer, sr.AvroDeserializer, {}, ruled);
const held = await client.getLatestSchemaMetadata(`${topic}-e-value`);
found.broken = await refused(() =>
  new sr.AvroSerializer(client, sr.SerdeType.VALUE, {
    useLatestVersion: true,
    autoRegisterSchemas: false,
  }).serialize(`${topic}-e`, { sku: "" }),
);
found.rules = held.ruleSet.domainRules;

const subject = `${topic}-f`;
const id = await client.register(subject, avro, false);
found.same = (await client.getBySubjectAndId(subject, id)).schema === AVRO;
found.compatible = [
  await client.testSubjectCompatibility(subject, { schema: NEXT, schemaType: "AVRO" }),
  await client.testSubjectCompatibility(subject, { schema: '"string"', schemaType: "AVRO" }),
];
found.incompatible = await refused(() =>
  client.register(subject, { schema: '"string"', schemaType: "AVRO" }, false),
);
found.missing = await refused(() => client.getLatestSchemaMetadata(`${topic}-none`));
found.associations = await client.getAssociationsByResourceName(
  topic,
  "-",
  "topic",
  ["value"],
  null,
  0,
  -1,
);
await client.updateCompatibility(subject, "NONE");
found.level = await client.getCompatibility(subject);
await client.register(subject, { schema: NEXT, schemaType: "AVRO" }, true);
found.versions = await client.getAllVersions(subject);
found.listed = (await client.getAllSubjects()).includes(subject);
found.deleted = [await client.deleteSubject(subject), await client.deleteSubject(subject, true)];
await client.close();

console.log(JSON.stringify(found));
