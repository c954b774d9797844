/// Names what a JSON document holds, so that a reader knows what it has before it reads on.
package struct JSONSchema: Hashable, Sendable {
  package let name: String
  package let version: Int

  /// `name` is a noun in kebab case: `vehicle-check`. The version rises when a member changes its
  /// meaning or disappears, not when one is added.
  package init(_ name: String, version: Int = 1) {
    self.name = name
    self.version = version
  }

  package var text: String { "hypothec/\(name)/\(version)" }
}

/// One answer under `--json`, or one line of JSON Lines: an object whose first member is
/// `"schema": "hypothec/<name>/<version>"`.
package struct JSONDocument: Hashable, Sendable {
  package let schema: JSONSchema
  package let members: [JSONMember]

  package init(_ schema: JSONSchema, _ members: KeyValuePairs<String, JSONValue>) {
    self.init(schema, members.map { JSONMember($0.key, $0.value) })
  }

  package init(_ schema: JSONSchema, _ members: [JSONMember]) {
    self.schema = schema
    self.members = members
  }

  package var value: JSONValue {
    .object([JSONMember("schema", .string(schema.text))] + members)
  }

  package var text: String { value.text }
}
