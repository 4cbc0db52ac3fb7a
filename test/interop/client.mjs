import makeWASocket, { Browsers, DisconnectReason, initAuthCreds, jidNormalizedUser } from '@whiskeysockets/baileys'
import pino from 'pino'
import { Log } from './await.mjs'

// Client is a Baileys client that keeps its keys in memory and connects again whenever a
// user's program would.
export class Client {
  log = new Log()
  #messages = new Map() // by id, for those who ask for one again

  constructor(options, logFile, browser = Browsers.ubuntu('Chrome')) {
    this.options = { ...options, browser }
    this.logger = pino({ level: 'debug' }, pino.destination({ dest: logFile, sync: true }))
    this.auth = { creds: initAuthCreds(), keys: memory() }
  }

  connect() {
    this.socket = makeWASocket({
      ...this.options, auth: this.auth, logger: this.logger,
      appStateMacVerification: { patch: true, snapshot: true },
      getMessage: async key => this.#messages.get(key.id), syncFullHistory: true, shouldSyncHistoryMessage: () => true, retryRequestDelayMs: 10,
    })
    this.socket.ev.process(events => {
      for (const [name, data] of Object.entries(events)) this.#handle(name, data)
    })
    return this
  }

  #handle(name, data) {
    if (name === 'creds.update') Object.assign(this.auth.creds, data)
    if (name === 'messages.upsert') {
      for (const m of data.messages) if (m.message) this.#messages.set(m.key.id, m.message)
      this.log.add('message', data.messages)
    }
    if (name === 'messaging-history.set') {
      for (const list of ['chats', 'contacts', 'messages']) this.log.add(`history.${list}`, data[list] ?? [])
    }
    if (name === 'connection.update' && data.connection === 'close' && !this.ending) {
      const code = data.lastDisconnect?.error?.output?.statusCode
      this.closed = code
      if (code !== DisconnectReason.loggedOut && code !== DisconnectReason.connectionReplaced) this.connect()
    }
    this.log.add(name, data)
  }

  get number() { return jidNormalizedUser(this.auth.creds.me.id).split('@')[0] }
  get lid() { return jidNormalizedUser(this.auth.creds.me.lid) }

  // open waits until the client is connected and has handled what it missed.
  async open(from = 0) {
    await this.log.wait('connection.update', u => u.connection === 'open', from)
    await this.log.wait('connection.update', u => u.receivedPendingNotifications === true, from)
  }

  // send sends a message and returns its id and key.
  async send(jid, content, options) { return (await this.socket.sendMessage(jid, content, options)).key }

  // message waits for a message with the text or the id.
  message(wanted, from = 0) {
    return this.log.wait('message', m => m.message && (m.key.id === wanted || textOf(m.message) === wanted), from)
  }

  // updated waits for a change of a message.
  updated(id, match) { return this.log.wait('messages.update', u => u.key.id === id && match(u.update)) }

  // reached waits until an own message has a status, at least. Baileys puts a change that
  // comes soon after the message into the message itself; of several, it keeps the last
  // one, even where that is the own phone's receipt after the contact's.
  reached(id, status) {
    return this.log.waitAny([
      ['messages.update', u => u.key.id === id && u.update.status >= status],
      ['message', m => m.key.id === id && m.status >= status],
    ])
  }

  // readers are the JIDs of those who have read a message of a group.
  readers(id) {
    const single = this.log.all('message-receipt.update', r => r.key.id === id).map(r => r.receipt)
    const merged = this.log.all('message', m => m.key.id === id).flatMap(m => m.userReceipt ?? [])
    return new Set([...single, ...merged].filter(r => r.readTimestamp).map(r => r.userJid))
  }

  close() {
    this.ending = true
    return this.socket?.end(undefined)
  }
}

export function textOf(m) {
  if (!m) return ''
  return m.conversation || m.extendedTextMessage?.text || m.imageMessage?.caption || m.videoMessage?.caption ||
    m.documentMessage?.caption || textOf(m.documentWithCaptionMessage?.message)
}

// memory is a store of Signal keys.
function memory() {
  const data = new Map()
  return {
    get: async (type, ids) => Object.fromEntries(ids.map(id => [id, data.get(`${type} ${id}`)]).filter(([, v]) => v !== undefined)),
    set: async changes => {
      for (const [type, entries] of Object.entries(changes)) {
        for (const [id, value] of Object.entries(entries)) {
          if (value === null || value === undefined) data.delete(`${type} ${id}`)
          else data.set(`${type} ${id}`, value)
        }
      }
    },
  }
}
