import { channels } from './beside/channels.mjs'
import { chats } from './beside/chats.mjs'
import { contacts } from './beside/contacts.mjs'
import { content } from './beside/content.mjs'
import { groups } from './beside/groups.mjs'
import { labels } from './beside/labels.mjs'
import { messages } from './beside/messages.mjs'
import { pairing } from './beside/pairing.mjs'
import { sealed } from './beside/sealed.mjs'
import { status } from './beside/status.mjs'
import { trouble } from './beside/trouble.mjs'
import { addPeople } from './people.mjs'
import { Steps } from './steps.mjs'

// beside links a runtime and a Baileys client to Alice's account; Bob has a Baileys client
// too, and Carol a phone.
export async function beside(stage, options) {
  const steps = new Steps('Baileys beside the runtime', ['What is done', 'By', 'What the other shows'])
  const world = { stage, options, control: stage.control, step: (done, by, shows, run) => steps.step([done, by, shows], run) }
  await addPeople(stage.control)
  await pairing(world)
  if (steps.failed > 0) return steps // nothing else could pass
  for (const part of [messages, content, sealed, status, labels, contacts, chats, groups, channels, trouble]) await part(world)
  return steps
}
