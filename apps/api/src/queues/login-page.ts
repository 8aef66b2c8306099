/** A form that works without scripts. `message` is text of our own, never of the request. */
export function loginPage(message = ''): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Gantry queues</title>
<style>
body { font: 16px system-ui, sans-serif; display: grid; place-items: center; min-height: 90vh; color: #1d2733; }
form { display: grid; gap: 0.8rem; width: 22rem; }
input, button { font: inherit; padding: 0.5rem; }
p { color: #a4262c; margin: 0; min-height: 1.5em; }
</style>
</head>
<body>
<form method="post" action="/admin/login">
<h1>Gantry queues</h1>
<label for="key">An API key with the scope admin</label>
<input id="key" name="key" type="password" autocomplete="current-password" required autofocus>
<button>Log in</button>
<p role="alert">${message}</p>
</form>
</body>
</html>
`;
}
