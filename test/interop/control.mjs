import { until } from './await.mjs'

// Control is the control API of the simulator: what the phones do, and what reached them.
export class Control {
  constructor(endpoint) { this.base = `${endpoint}/control` }

  async #call(method, path, body) {
    const response = await fetch(this.base + path, { method, body: body === undefined ? undefined : JSON.stringify(body) })
    const text = await response.text()
    if (!response.ok) throw new Error(`${method} /control${path}: ${response.status} ${text}`)
    return text === '' ? undefined : JSON.parse(text)
  }

  post(path, body) { return this.#call('POST', path, body) }
  get(path) { return this.#call('GET', path) }

  addUser(number, name) { return this.post('/users', { number, name }) }
  addGroup(subject, ...members) { return this.post('/groups', { subject, members }) }

  addChannel(owner, name) { return this.post('/channels', { owner, name }) }
  changeChannel(jid, change) { return this.post(`/channels/${encodeURIComponent(jid)}`, change) }

  // send makes a phone send a message and returns its id.
  async send(from, to, text, more = {}) { return (await this.post('/messages', { from, to, text, ...more })).id }

  // arrived returns the first thing in a phone's inbox that matches.
  arrived(user, match) {
    return until(`something to reach ${user}'s phone`, async () => (await this.get(`/inbox?user=${user}`)).find(match))
  }

  text(user, text) { return this.arrived(user, r => r.kind === 'message' && r.text === text) }
  receipt(user, state, id) { return this.arrived(user, r => r.kind === 'receipt' && r.state === state && r.ids.includes(id)) }

  // chat waits until the phone's view of a chat is as it should be.
  chat(user, name, match) {
    return until(`${user}'s phone to show ${name} so`, async () => {
      const { view } = await this.get(`/appstate?user=${user}`)
      return match(view.chats[name] ?? {}, view)
    })
  }
}
