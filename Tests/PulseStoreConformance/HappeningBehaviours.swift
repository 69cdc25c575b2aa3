let happeningBehaviours: [Behaviour] = []
