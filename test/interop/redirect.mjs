import { Agent } from 'node:https'
import { connect } from 'node:net'
import { WA_CERT_DETAILS } from '@whiskeysockets/baileys'

const plain = globalThis.fetch
const hosts = /(^|\.)whatsapp\.(net|com)$/

// redirect points all of Baileys in this process at a simulator, and returns the options
// that a socket needs. No file of it is changed.
export function redirect({ endpoint, rootKey }) {
  const { hostname, port, host } = new URL(endpoint)
  WA_CERT_DETAILS.PUBLIC_KEY = Buffer.from(rootKey, 'hex')
  globalThis.fetch = (resource, options) => {
    const url = new URL(resource instanceof Request ? resource.url : resource)
    if (hosts.test(url.hostname)) {
      url.protocol = 'http:'
      url.host = host
    } else if (url.host !== host && url.hostname !== '127.0.0.1') {
      throw new Error(`${url.hostname} is neither WhatsApp nor on this machine`)
    }
    return plain(url, options)
  }
  const fetchAgent = new Agent({ keepAlive: false })
  fetchAgent.createConnection = () => connect(Number(port), hostname)
  return { waWebSocketUrl: `ws://${host}/ws/chat`, fetchAgent }
}
