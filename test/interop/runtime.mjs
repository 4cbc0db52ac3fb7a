import { until } from './await.mjs'

// Runtime is a runtime's HTTP API, for its one session.
export class Runtime {
  constructor(url, session, key, stop) { Object.assign(this, { url, session, key, stop }) }

  async up() {
    try {
      return (await fetch(`${this.url}/ping`)).ok
    } catch {
      return false // it does not listen yet
    }
  }

  async #ask(method, path, body) {
    const headers = { 'X-Api-Key': this.key, 'Content-Type': 'application/json' }
    return fetch(this.url + path, { method, headers, body: body && JSON.stringify(body) })
  }

  async call(method, path, body) {
    const response = await this.#ask(method, path, body)
    const text = await response.text()
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`)
    return text === '' ? undefined : JSON.parse(text)
  }

  // of calls a path of the session.
  of(method, path, body) { return this.call(method, `/api/${this.session}${path}`, body) }

  // send calls one of the calls that name the session and the chat in the body, and
  // returns the id of the stanza.
  async send(call, chatId, body, method = 'POST') {
    const sent = await this.call(method, `/api/${call}`, { session: this.session, chatId, ...body })
    return sent?.id === undefined ? undefined : stanza(sent.id)
  }

  async file(url) {
    const response = await fetch(url, { headers: { 'X-Api-Key': this.key } })
    if (!response.ok) throw new Error(`${url}: ${response.status}`)
    return Buffer.from(await response.arrayBuffer())
  }

  // qr is the code to scan, as soon as there is one.
  async qr() {
    const body = await until('a QR code', async () => {
      const response = await this.#ask('GET', `/api/${this.session}/auth/qr?format=raw`)
      return response.ok && response.json()
    })
    return body.value
  }

  working() {
    return until('the runtime to be paired', async () => (await this.call('GET', `/api/sessions/${this.session}`)).status === 'WORKING')
  }

  messages(chat) { return this.of('GET', `/chats/${encodeURIComponent(chat)}/messages?limit=100&downloadMedia=true`) }

  // message waits until the runtime shows a message so.
  message(chat, id, match = () => true) {
    return until(`the runtime to show message ${id}`, async () =>
      (await this.messages(chat)).find(m => stanza(m.id) === id && match(m)))
  }

  // gone waits until the runtime doesn't show a message any more.
  gone(chat, id) {
    return until(`message ${id} to be gone`, async () => !(await this.messages(chat)).some(m => stanza(m.id) === id))
  }

  // chat waits until the runtime shows a chat so.
  chat(id, match) {
    return until(`the runtime to show chat ${id} so`, async () => {
      const found = (await this.of('GET', '/chats?limit=500')).find(c => c.id === id)
      return match(found ?? {}) && (found ?? {})
    })
  }
}

// stanza is the id that WhatsApp knows, in one of the API's, such as
// true_15550002222@c.us_3EB0….
export const stanza = id => (typeof id === 'string' ? id : id._serialized).split('_')[2]
