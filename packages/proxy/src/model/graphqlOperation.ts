import { parse } from "graphql/language";

/** More than real queries have, and little enough that a hostile one costs nothing. */
const MAX_TOKENS = 15_000;

/** What a client sends to a GraphQL server, as far as it decides what is executed. */
export interface GraphqlRequest {
  readonly query?: unknown;
  readonly operationName?: unknown;
}

/**
 * Whether a server that gets this executes a query, and neither a mutation nor a subscription. False for a document that
 * cannot be parsed, for one with several operations and no name that chooses one, and for an operation that only the
 * server knows, by a hash or an id.
 */
export function isGraphqlQuery({ query, operationName }: GraphqlRequest): boolean {
  if (typeof query !== "string") return false;
  const operations = operationsOf(query);
  const hasName = typeof operationName === "string" && operationName !== "";
  if (!hasName && operationName !== undefined && operationName !== null && operationName !== "") return false;
  const chosen = hasName ? operations.filter(({ name }) => name === operationName) : operations;
  return chosen.length === 1 && chosen[0]?.kind === "query";
}

function operationsOf(document: string): readonly { kind: string; name: string | undefined }[] {
  try {
    return parse(document, { noLocation: true, maxTokens: MAX_TOKENS }).definitions.flatMap((definition) =>
      definition.kind === "OperationDefinition" ? [{ kind: definition.operation, name: definition.name?.value }] : [],
    );
  } catch {
    return [];
  }
}
