/** What the names of secrets look like: `CRM_TOKEN`. */
export const SECRET_NAME = /^[A-Z][A-Z0-9_]{0,99}$/;
