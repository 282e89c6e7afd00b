/** The API server's message if an applied object has a field that its schema does not have. The status is 500 then. */
export const UNDECLARED = /(\S+): field not declared in schema/;
