// Response filter `redact` of the gateway in JavaScript: takes out the headers that are internal.

export function filter(_request, response) {
  const headers = response.headers.filter(({ name }) => !name.startsWith("x-internal-"));
  return { ...response, headers };
}
